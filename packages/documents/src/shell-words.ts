/** A part of a word, as written but without the quotes around it. */
export interface WordPart {
  text: string
  /** The quotes around it; empty for none. */
  quote: '' | '"' | "'"
}

/** The quotes of POSIX's shell ("Shell Command Language", 2.2). Every reading of words begins here. */
const SINGLE_QUOTED = "'[^']*'"
const DOUBLE_QUOTED = String.raw`"(?:\\[\s\S]|[^"\\])*"`
const ESCAPED = String.raw`\\[\s\S]?`

/** A quote that is not closed ends at the next blank. */
const WORD = new RegExp(String.raw`(?:${SINGLE_QUOTED}|${DOUBLE_QUOTED}|${ESCAPED}|[^\s"'\\])+|["']\S*`, 'g')
const PART = new RegExp(String.raw`${SINGLE_QUOTED}|${DOUBLE_QUOTED}|(?:${ESCAPED}|[^"'\\])+|["']`, 'g')

/** Splits a text into words as a shell does. Returns them as written, quotes included; nothing is expanded. */
export function wordsOf(text: string): string[] {
  return text.match(WORD) ?? []
}

/** Splits a word where its quotes begin and end. Escapes stay as written. */
export function partsOf(word: string): WordPart[] {
  return (word.match(PART) ?? []).map((part): WordPart => {
    const [quote] = part
    const isQuoted = part.length > 1 && (quote === '"' || quote === "'")
    return isQuoted ? { text: part.slice(1, -1), quote } : { text: part, quote: '' }
  })
}

/** Returns a word as a program gets it: without quotes and escapes. Nothing is expanded. */
export function unquoted(word: string): string {
  const plain = partsOf(word).map(({ text, quote }) => {
    if (quote === "'") return text
    const escaped = quote === '"' ? /\\(["\\$`\n])/g : /\\([\s\S])/g
    // A backslash at the end of a line joins it with the next.
    return text.replace(escaped, (_, character: string) => (character === '\n' ? '' : character))
  })
  return plain.join('')
}

/** A word in which a shell has nothing to expand. */
const LITERAL = /^(?:'[^']*'|"(?:[^"\\$`]|\\["\\$`])*"|\\[^\n]|[^\s'"\\|&;<>()$`*?[\]#~{}!])+$/

/**
 * Returns the words of a command, split as POSIX's shell splits them but with nothing expanded: no shell ever sees it.
 * Null if only a shell could run it (unquoted `|`, `>`, `$NAME`, `*`), if a quote is open, or if there is no word.
 */
export function splitCommand(command: string): string[] | null {
  const between = command.replace(WORD, '')
  const words = wordsOf(command)
  if (/[^ \t]/.test(between) || !words.every((each) => LITERAL.test(each))) return null
  const [program = '', ...rest] = words.map(unquoted)
  return program === '' ? null : [program, ...rest]
}
