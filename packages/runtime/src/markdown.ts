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
  const hidden = rows.length - MAX_TABLE_ROWS
  const more = hidden > 0 ? `\n\n… and ${hidden} more.` : ''
  return [row(header), row(header.map(() => '---')), ...rows.slice(0, MAX_TABLE_ROWS).map(row)].join('\n') + more
}
