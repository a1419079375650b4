/** Says that there is nothing so far: `Nothing yet!`, `TBD`. */
const NOTHING_YET =
  /^(?:(?:nothing|none|no (?:[\w-]+ ){0,2}(?:changes?|entries))(?: \w+){0,2} (?:yet|so far|for now)|nothing to see here|t\.?b\.?[ad]\.?|todo|wip|work in progress|coming soon|to be (?:announced|determined|written|added))$/i

/** Says that there is nothing, which is news in the section of a version. */
const NOTHING = /^(?:nothing|none|n\/a|no (?:[\w-]+ ){0,2}(?:changes?|entries))$/i

/**
 * Whether the text of a changelog's section has no entries: nothing but headings, comments, and lines that say so.
 * @param isUnreleased whether a bare `None` says so too
 */
export function isEmptyText(text: string, isUnreleased: boolean): boolean {
  return text
    .replace(/<!--.*?-->/gs, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^#{1,6}(?:\s|$)|^[-=]{3,}$/.test(line))
    .every((line) => {
      const words = line.replace(/^[\s>*_+(-]+|[\s*_.!…)]+$/g, '')
      return words === '' || NOTHING_YET.test(words) || (isUnreleased && NOTHING.test(words))
    })
}
