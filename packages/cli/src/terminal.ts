/** A stream for people, and what it can show. */
export interface Terminal {
  write(text: string): void
  /** Whether a line can be overwritten. */
  live: boolean
  color: boolean
  /** The characters of a line; Infinity outside a terminal, where a reader such as grep wants whole lines. */
  width: number
}

/**
 * Returns the terminal behind a stream of this process. Colours follow NO_COLOR (its informal standard) and
 * FORCE_COLOR.
 */
export function terminalOf(stream: NodeJS.WriteStream, env: Readonly<Record<string, string | undefined>>): Terminal {
  const live = stream.isTTY === true && env.CI === undefined && env.TERM !== 'dumb'
  const width = stream.isTTY === true && stream.columns > 0 ? stream.columns : Number.POSITIVE_INFINITY
  const color = !env.NO_COLOR && (live || !!env.FORCE_COLOR)
  return { write: (text) => void stream.write(text), live, color, width }
}

const CODES = { red: 31, green: 32, yellow: 33, blue: 34, dim: 2, bold: 1 } as const

/** Colours a text if the terminal has colours. */
export function paint(terminal: Terminal, color: keyof typeof CODES, text: string): string {
  return terminal.color ? `\u001b[${CODES[color]}m${text}\u001b[0m` : text
}

/**
 * A terminal control sequence (ECMA-48, "Control sequence"), such as a colour. The escape character is built from its
 * number because it is not printable.
 */
const SEQUENCE = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-9;?]*[A-Za-z]`, 'g')

/**
 * Removes control characters from foreign text, so that it can neither control the terminal nor change its text
 * direction.
 */
export function plain(text: string): string {
  return text.replace(SEQUENCE, '').replace(/(?![\t\n])\p{Cc}|\p{Bidi_Control}/gu, '')
}

/**
 * Breaks text at blanks so that its lines fit into a width; a longer word gets a line to itself.
 * @param indent the blanks before each line but the first
 */
export function wrap(text: string, width: number, indent: number): string {
  const lines = text.split('\n').flatMap((line) => {
    const wrapped: string[] = []
    for (const word of line.split(' ')) {
      const last = wrapped.at(-1)
      if (last !== undefined && indent + last.length + 1 + word.length <= width)
        wrapped.push(`${wrapped.pop()} ${word}`)
      else wrapped.push(word)
    }
    return wrapped
  })
  return lines.join(`\n${' '.repeat(indent)}`)
}

/** The narrowest column of text that is readable beside others; a narrower one continues below them. */
const MIN_TEXT_WIDTH = 24

/**
 * Aligns rows in columns, two blanks apart; the first row is the heading. The last column is text, which is broken to fit
 * into the terminal.
 */
export function columns(terminal: Terminal, rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(plain))
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0)
  const isBeside = before + Math.min(MIN_TEXT_WIDTH, widths.at(-1) ?? 0) <= terminal.width
  const lines = cells.map((row) => {
    const head = row.slice(0, -1).map((cell, column) => `${cell.padEnd(widths[column] as number)}  `)
    const text = row.at(-1) ?? ''
    if (isBeside) return `${head.join('')}${wrap(text, terminal.width, before)}`.trimEnd()
    return `${head.join('').trimEnd()}${text === '' ? '' : `\n    ${wrap(text, terminal.width, 4)}`}`
  })
  return lines.map((line, index) => `${index === 0 ? paint(terminal, 'bold', line) : line}\n`).join('')
}
