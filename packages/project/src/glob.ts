/** What one part of a glob takes: one character, any number of them, or any number of whole folders. */
interface Part {
  kind: 'one' | 'many' | 'folders'
  takes(character: string): boolean
}

const inName = (character: string) => character !== '/'

/** The characters of `[a-z0]`. */
function setOf(set: string): (character: string) => boolean {
  const ranges = [...set.matchAll(/(.)-(.)|(.)/gsu)].map(
    ([, from, to, one]) => [from ?? one, to ?? one] as [string, string],
  )
  return (character) => ranges.some(([from, to]) => from <= character && character <= to)
}

function partOf([token, not, set]: RegExpMatchArray): Part {
  if (token === '**/') return { kind: 'folders', takes: () => true }
  if (token === '**') return { kind: 'many', takes: () => true }
  if (token === '*') return { kind: 'many', takes: inName }
  if (token === '?') return { kind: 'one', takes: inName }
  if (set === undefined) return { kind: 'one', takes: (character) => character === token }
  const isIn = setOf(set)
  return { kind: 'one', takes: (character) => isIn(character) !== (not === '!') }
}

/**
 * What tells whether a path matches a glob as in Cargo's `members` and `exclude` (the `glob` crate: `*` and `?` within a
 * name, `**` over folders, `[abc]` and `[!abc]`). All ways to match are followed side by side, so that no glob takes
 * longer than its length times that of the path.
 */
export function globMatcher(glob: string): (path: string) => boolean {
  const parts = [...glob.matchAll(/\*\*\/|\*\*|\*|\?|\[(!?)([^\]]+)\]|./gsu)].map(partOf)
  /** Goes to before a part, and on past those that may take nothing. */
  const enter = (at: number, into: Set<number>) => {
    for (let next = at; !into.has(next); next++) {
      into.add(next)
      if ((parts[next]?.kind ?? 'one') === 'one') return
    }
  }
  return (path) => {
    let before = new Set<number>()
    // Parts of the kind `folders` that have taken a folder's name in part: they cannot be left before its `/`.
    let within = new Set<number>()
    enter(0, before)
    for (const character of path) {
      const next = new Set<number>()
      const nextWithin = new Set<number>()
      for (const at of new Set([...before, ...within])) {
        const part = parts[at]
        if (!part?.takes(character)) continue
        if (part.kind === 'one') enter(at + 1, next)
        else if (part.kind === 'many') enter(at, next)
        else {
          nextWithin.add(at)
          if (character === '/') enter(at + 1, next)
        }
      }
      before = next
      within = nextWithin
    }
    return before.has(parts.length)
  }
}
