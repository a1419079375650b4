import type { Context } from './main.ts'
import { code, duration, escapeCell, table } from './markdown.ts'

/** A tool of a job, as the summary shows it. */
interface Tool {
  name: string
  version: string
  from: string
  why: string
  milliseconds: number | null
}

/** Returns the duration, if there is one. */
function timeOf(milliseconds: number | null): string[] {
  return milliseconds === null ? [] : [duration(milliseconds)]
}

/** Returns Markdown of a text of unknown origin whose words in backquotes are code. */
function withCode(text: string): string {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? code(part) : escapeCell(part)))
    .join('')
}

/**
 * Reports the tools of a job with where each came from, why it was chosen and how long it took, and what the cache gave: a line
 * each in the log, a table in the summary.
 * @param cache one line
 */
export function reportTools(
  { report, ports }: Pick<Context, 'report' | 'ports'>,
  tools: readonly Tool[],
  cache: string,
): void {
  for (const { name, version, from, why, milliseconds } of tools)
    ports.log.info([`${name} ${version}: ${from}`, why.replaceAll('`', ''), ...timeOf(milliseconds)].join('; '))
  ports.log.info(`Cache: ${cache.replaceAll('`', '')}`)
  const rows = tools.map((each) => [
    escapeCell(each.name),
    code(each.version),
    withCode(each.from),
    withCode(each.why),
    timeOf(each.milliseconds).join(''),
  ])
  const header = ['Tool', 'Version', 'Source', 'Why', 'Time']
  report.section('Tools', `${table(header, rows)}\n\nCache: ${withCode(cache)}.`)
}
