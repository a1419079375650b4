import { comparedSizes, sizeWithChange } from '@slipway/core/growth'
import { stateWords } from '@slipway/core/overview'
import type { PointerState, Surveyed } from '@slipway/core/preflight'
import type { Probe } from '@slipway/core/publisher'
import type { Context } from './main.ts'
import { code, escapeCell, table } from './markdown.ts'

/** Reports the results of a preflight at each destination: a table in the summary. */
export function reportPreflight({ report }: Pick<Context, 'report'>, surveyed: readonly Surveyed[]): void {
  if (surveyed.length === 0) return
  const rows = surveyed.map(({ shipment, login, probes, pointers }) => [
    escapeCell(shipment.publisher.target),
    escapeCell(probes.length > 0 ? counts(probes) : unbuilt(pointers)),
    login === null ? '' : escapeCell(login === 'not verified' ? 'present, not verified' : login),
    escapeCell(pointers.flatMap((each) => each.reason ?? []).join(' ')),
  ])
  report.section('Preflight', table(['Destination', 'Files', 'Login', ''], rows))
  reportSizes({ report }, surveyed)
}

/** Reports the sizes of files and their changes since the last release, where the remote told them. */
export function reportSizes({ report }: Pick<Context, 'report'>, surveyed: readonly Surveyed[]): void {
  const sizes = surveyed.flatMap(({ shipment, probes }) => comparedSizes(shipment.artifacts, probes))
  const distinct = new Map(
    sizes.map((each) => [each.filename, [code(each.filename), escapeCell(sizeWithChange(each))]]),
  )
  if (distinct.size > 0) report.section('Sizes', table(['File', 'Size'], [...distinct.values()]))
}

/** Returns the state of what has no file yet, an image that is built later. */
function unbuilt(pointers: readonly PointerState[]): string {
  return pointers.length === 0 ? '' : stateWords(pointers.every((each) => each.there) ? 'same' : 'absent')
}

/** Counts the files by state: `2 not published yet, 1 published`. */
function counts(probes: readonly Probe[]): string {
  const states = [...new Set(probes.map((each) => each.state))]
  const count = (state: string) => probes.filter((each) => each.state === state).length
  return states.map((state) => `${count(state)} ${stateWords(state)}`).join(', ')
}
