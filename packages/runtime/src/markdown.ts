import { MAX_TABLE_ROWS } from './limits.ts'

/**
 * Escapes text of unknown origin for GitHub's Markdown, also in a table's cell: characters of markup become character
 * references, which are always text (CommonMark 0.31, section 2.5), and line ends become `<br>`.
 */
export function escapeCell(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()<>#|~!$&@"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/\r\n?|\n/g, '<br>')
}

/** Formats text of unknown origin as code. */
export function code(text: string): string {
  return `<code>${escapeCell(text)}</code>`
}

/** Makes a link to a web page; for any other address, only the escaped label. */
export function link(label: string, url: string): string {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) return escapeCell(label)
  return `[${escapeCell(label)}](<${new URL(url).href.replace(/[<>|]/g, encodeURIComponent)}>)`
}

/** Makes a list with up to 200 entries and the number of further ones. Entries are Markdown, made by `escapeCell`. */
export function bullets(entries: readonly string[]): string {
  return (
    entries
      .slice(0, MAX_TABLE_ROWS)
      .map((each) => `- ${each}`)
      .join('\n') + more(entries)
  )
}

/** Returns a paragraph with the number of entries that are left out. */
function more({ length }: readonly unknown[]): string {
  return length > MAX_TABLE_ROWS ? `\n\n… and ${length - MAX_TABLE_ROWS} more.` : ''
}

/** Makes a section that opens with a click on its title; `body` is Markdown. */
export function folded(title: string, body: string): string {
  return `<details><summary>${escapeCell(title)}</summary>\n\n${body}\n\n</details>`
}

/**
 * Makes a table with up to 200 rows and the number of further ones. Header and cells are Markdown, made by `escapeCell`,
 * `code` and `link`.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [row(header), row(header.map(() => '---')), ...rows.slice(0, MAX_TABLE_ROWS).map(row)].join('\n') + more(rows)
}

/** Formats a duration for people: `0.3 s`, `1 min 5 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
