/** A word, or a part of one: quoted as in POSIX's shell (2.2), or free of what only a shell knows. */
const PART = /'([^']*)'|"((?:[^"\\$`]|\\["\\$`])*)"|\\([^\n])|([^\s'"\\|&;<>()$`*?[\]#~{}!]+)/y

/**
 * The words of a command, split as POSIX's shell splits them, except that nothing is expanded: no shell ever sees it.
 * Null for what only a shell could run (`|`, `>`, `$NAME`, `*`, unquoted), an open quote, or no word at all.
 */
export function splitCommand(command: string): string[] | null {
  const words: string[] = []
  let word: string | null = null
  let at = 0
  while (at < command.length) {
    const blank = /[ \t]+/y
    blank.lastIndex = at
    if (blank.test(command)) {
      if (word !== null) words.push(word)
      word = null
      at = blank.lastIndex
      continue
    }
    PART.lastIndex = at
    const found = PART.exec(command)
    if (!found) return null
    const [, single, double, escaped, bare] = found
    word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? bare ?? '')
    at = PART.lastIndex
  }
  if (word !== null) words.push(word)
  return words.length > 0 && words[0] !== '' ? words : null
}
