import { stateWords } from '@slipway/core/overview'
import type { Context } from './main.ts'
import { escapeCell, link, table } from './markdown.ts'

/** The state of a release at one destination: one row of the report. */
export interface DestinationRow {
  destination: string
  /** `out`, `draft`, `partly out`, `not out`, … */
  standing: string
  detail: string
  url: string | null
  /** How to undo it; null when that is impossible. */
  undo: string | null
}

const MARKS: Record<string, string> = { out: '✅', draft: '📝', 'not out': '⬜', 'partly out': '⏳' }

/** Reports the state of a release at each destination, and the next step. */
export function reportOutcome(
  { report, ports }: Pick<Context, 'report' | 'ports'>,
  rows: readonly DestinationRow[],
): void {
  const cells = rows.map(({ destination, standing, detail, url, undo }) => [
    url === null ? escapeCell(destination) : link(destination, url),
    `${MARKS[standing] ?? '❔'} ${escapeCell(stateWords(standing))}`,
    escapeCell(detail),
    standing === 'not out' ? '' : escapeCell(undo ?? 'cannot be undone'),
  ])
  const unfinished = rows.filter((each) => each.standing !== 'out')
  const next = nextStep(rows, unfinished)
  for (const { destination, standing, detail } of rows)
    ports.log.info(`${destination}: ${stateWords(standing)} (${detail})`)
  ports.log.info(next)
  report.section(
    'State of the release',
    `${table(['Destination', 'State', '', 'To undo'], cells)}\n\n${escapeCell(next)}`,
  )
}

function nextStep(rows: readonly DestinationRow[], unfinished: readonly DestinationRow[]): string {
  if (rows.length === 0) return 'No built files were found, so the state of the release is unknown.'
  if (unfinished.length === 0) return 'The release is published everywhere.'
  const different = unfinished.filter((each) => each.standing === 'different').map((each) => each.destination)
  if (different.length > 0) return `This version has other content at ${different.join(', ')}: release a new version.`
  const hidden = unfinished.filter((each) => each.standing === 'not visible' || each.standing === 'unknown')
  const open = unfinished.filter((each) => !hidden.includes(each)).map((each) => each.destination)
  const unknown = hidden.length > 0 ? ` Unknown: ${hidden.map((each) => each.destination).join(', ')}.` : ''
  if (open.length === 0) return unknown.trim()
  return `Still to do: ${open.join(', ')}. Run the workflow again: it continues where it stopped and sends nothing twice.${unknown}`
}
