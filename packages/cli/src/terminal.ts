import type { Problem } from '@slipway/core/problem'
import { problemPage } from '@slipway/core/problem-page'

/** A stream for people, and what it can show. */
export interface Terminal {
  write(text: string): void
  /** Whether a line can be overwritten. */
  live: boolean
  color: boolean
}

/**
 * Returns the terminal behind a stream of this process. Colours follow NO_COLOR (its informal standard) and
 * FORCE_COLOR.
 */
export function terminalOf(stream: NodeJS.WriteStream, env: Readonly<Record<string, string | undefined>>): Terminal {
  const live = stream.isTTY === true && env.CI === undefined && env.TERM !== 'dumb'
  return { write: (text) => void stream.write(text), live, color: !env.NO_COLOR && (live || !!env.FORCE_COLOR) }
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

const SEVERITY_COLOR = { error: 'red', warning: 'yellow', notice: 'blue' } as const

/** Formats a problem for people: place, code, message, hint and page. An action's annotation may name its page already. */
export function describeProblem(terminal: Terminal, { severity, code, message, hint, where }: Problem): string {
  const place = where ? `${plain(where.file)}:${where.line}: ` : ''
  const head = `${place}${paint(terminal, SEVERITY_COLOR[severity], `${severity}[${code}]`)}`
  const page = problemPage(code)
  const see = page === null || hint.endsWith(page) ? '' : `    ${paint(terminal, 'dim', `See ${page}`)}\n`
  return `${head}: ${indent(message)}\n    ${indent(hint)}\n${see}`
}

function indent(text: string): string {
  return plain(text).trimEnd().replaceAll('\n', '\n    ')
}

/** Aligns rows in columns, two blanks apart; the first row is the heading. */
export function columns(terminal: Terminal, rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(plain))
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd(),
  )
  return lines.map((line, index) => `${index === 0 ? paint(terminal, 'bold', line) : line}\n`).join('')
}
