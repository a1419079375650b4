/** One element of a glob. */
interface Token {
  matches(character: string): boolean
  /** Whether it matches any number of characters, including none. */
  repeats: boolean
  /** Whether it matches whole folders, so that the next element begins a name. */
  folders: boolean
}

/** Whether a character is in a set as `a-z0_`. A range with its end first is empty. */
function isIn(set: string, character: string): boolean {
  return [...set.matchAll(/(.)-(.)|(.)/gsu)].some(([, first = '', last = '', single]) =>
    single === undefined ? first <= character && character <= last : single === character,
  )
}

function tokensOf(glob: string): Token[] {
  return [...glob.matchAll(/\*\*\/|\*+|\[(!?)([^\]][^[\]]*)\]|./gsu)].map(([text, not, set]): Token => {
    const isInName = (character: string) => character !== '/'
    if (text.startsWith('**')) return { matches: () => true, repeats: true, folders: text === '**/' }
    if (text === '*' || text === '?') return { matches: isInName, repeats: text === '*', folders: false }
    const matches =
      set === undefined
        ? (character: string) => character === text
        : (character: string) => isIn(set, character) !== (not === '!')
    return { matches, repeats: false, folders: false }
  })
}

/**
 * Compiles a glob as in Cargo's `members` and `exclude` (the `glob` crate: `*` and `?` within a name, `**` across
 * folders, `[abc]` and `[!abc]`). Matching takes time by the product of both lengths, whatever the glob is.
 */
export function globMatcher(glob: string): (path: string) => boolean {
  if (!/[*?[]/.test(glob)) return (path) => path === glob
  const tokens = tokensOf(glob)
  /** Adds an element that may come next, and the elements after it if it may match nothing. */
  const reach = (next: Set<number>, first: number, before: string) => {
    for (let index = first; !next.has(index); index++) {
      next.add(index)
      const token = tokens[index]
      if (!token?.repeats || (token.folders && before !== '/')) return
    }
  }
  return (path) => {
    let open = new Set<number>()
    reach(open, 0, '/')
    for (const character of path) {
      const next = new Set<number>()
      for (const index of open) {
        const token = tokens[index]
        if (token?.matches(character)) reach(next, token.repeats ? index : index + 1, character)
      }
      open = next
    }
    return open.has(tokens.length)
  }
}
