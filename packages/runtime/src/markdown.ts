/**
 * Text of unknown origin for GitHub's Markdown, also within a table's cell: what could be markup becomes a character
 * reference, which is text everywhere (CommonMark 0.31, section 2.5), line ends become `<br>`.
 */
export function escapeCell(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()<>#|~!$&@"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/\r\n?|\n/g, '<br>')
}

/** Text of unknown origin shown as code. */
export function code(text: string): string {
  return `<code>${escapeCell(text)}</code>`
}

/** A link to a page on the web; anything else is shown as text. */
export function link(label: string, url: string): string {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) return escapeCell(label)
  return `[${escapeCell(label)}](<${new URL(url).href.replace(/[<>|]/g, encodeURIComponent)}>)`
}

/** Markdown that is shown when its title is clicked. */
export function folded(title: string, body: string): string {
  return `<details><summary>${escapeCell(title)}</summary>\n\n${body}\n\n</details>`
}

/** Nobody reads more rows than these, and a step's summary may have 1 MiB (GitHub, "Adding a job summary"). */
const MOST_ROWS = 200

/**
 * A table, of 200 rows at most, and how many more there are. Header and cells are Markdown: made by `escapeCell`, `code`
 * and `link`.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const left = rows.length - MOST_ROWS
  const more = left > 0 ? `\n\n… and ${left} more.` : ''
  return [row(header), row(header.map(() => '---')), ...rows.slice(0, MOST_ROWS).map(row)].join('\n') + more
}
