/** What stands at one place of a glob. */
interface Token {
  takes(character: string): boolean
  /** Whether it takes any number of them, none too. */
  repeats: boolean
  /** Whether it takes whole folders: what comes after it begins a name. */
  folders: boolean
}

/** Whether a character is in `a-z0_`; a range whose end comes first holds none. */
function isIn(set: string, character: string): boolean {
  return [...set.matchAll(/(.)-(.)|(.)/gsu)].some(([, from = '', to = '', one]) =>
    one === undefined ? from <= character && character <= to : one === character,
  )
}

function tokensOf(glob: string): Token[] {
  return [...glob.matchAll(/\*\*\/|\*+|\[(!?)([^\]][^[\]]*)\]|./gsu)].map(([text, not, set]): Token => {
    const within = (character: string) => character !== '/'
    if (text.startsWith('**')) return { takes: () => true, repeats: true, folders: text === '**/' }
    if (text === '*' || text === '?') return { takes: within, repeats: text === '*', folders: false }
    const takes =
      set === undefined
        ? (character: string) => character === text
        : (character: string) => isIn(set, character) !== (not === '!')
    return { takes, repeats: false, folders: false }
  })
}

/**
 * Tells paths by a glob, as in Cargo's `members` and `exclude` (the `glob` crate: `*` and `?` within a name, `**` over
 * folders, `[abc]` and `[!abc]`). Takes time by the product of both lengths, whatever the glob is.
 */
export function globMatcher(glob: string): (path: string) => boolean {
  if (!/[*?[]/.test(glob)) return (path) => path === glob
  const tokens = tokensOf(glob)
  /** Adds a token that may come next, and those after it where it may be left out. */
  const reach = (next: Set<number>, from: number, before: string) => {
    for (let index = from; !next.has(index); index++) {
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
        if (token?.takes(character)) reach(next, token.repeats ? index : index + 1, character)
      }
      open = next
    }
    return open.has(tokens.length)
  }
}
