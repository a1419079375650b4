import type { Context } from './main.ts'
import { escapeCell, link, table } from './markdown.ts'

/** How a release stands at one destination, as a step reports it. */
export interface StandingRow {
  destination: string
  /** `out`, `draft`, `partly out`, `not out`, … */
  standing: string
  detail: string
  url: string | null
  /** How to take it back; null: it cannot be. */
  undo: string | null
}

const MARKS: Record<string, string> = { out: '✅', draft: '📝', 'not out': '⬜', 'partly out': '⏳' }

/** Reports how a release stands, destination by destination, and how to go on. */
export function reportOutcome(
  { report, ports }: Pick<Context, 'report' | 'ports'>,
  rows: readonly StandingRow[],
): void {
  const cells = rows.map(({ destination, standing, detail, url, undo }) => [
    url === null ? escapeCell(destination) : link(destination, url),
    `${MARKS[standing] ?? '❔'} ${escapeCell(standing)}`,
    escapeCell(detail),
    standing === 'not out' ? '' : escapeCell(undo ?? 'cannot be undone'),
  ])
  const left = rows.filter((each) => each.standing !== 'out')
  const next = nextStep(rows, left)
  for (const { destination, standing, detail } of rows) ports.log.info(`${destination}: ${standing} (${detail})`)
  ports.log.info(next)
  report.section(
    'Where the release stands',
    `${table(['Where', 'Stands', '', 'To undo'], cells)}\n\n${escapeCell(next)}`,
  )
}

function nextStep(rows: readonly StandingRow[], left: readonly StandingRow[]): string {
  if (rows.length === 0) return 'Nothing is known to be released: no built files were found.'
  if (left.length === 0) return 'The release is out everywhere.'
  const different = left.filter((each) => each.standing === 'different').map((each) => each.destination)
  if (different.length > 0)
    return `Other content is under this version at ${different.join(', ')}: release a new version.`
  const hidden = left.filter((each) => each.standing === 'not visible' || each.standing === 'unknown')
  const open = left.filter((each) => !hidden.includes(each)).map((each) => each.destination)
  const unseen = hidden.length > 0 ? ` Not known: ${hidden.map((each) => each.destination).join(', ')}.` : ''
  if (open.length === 0) return unseen.trim()
  return `Still to do: ${open.join(', ')}. Run the workflow again: it goes on from what is out and sends nothing twice.${unseen}`
}
