import type { Receipt } from '@slipway/core/publisher'
import type { Context } from './main.ts'
import { code, escapeCell, link, table } from './markdown.ts'

/** Tells what was done: a table in the summary, and the output `receipts`. */
export function reportReceipts(
  { report, workflow }: Pick<Context, 'report' | 'workflow'>,
  receipts: readonly Receipt[],
): void {
  const rows = receipts.map(({ artifact, target, status, url, digest, reason }) => [
    url === null ? code(artifact) : link(artifact, url),
    escapeCell(target),
    escapeCell(reason === undefined ? status : `${status}: ${reason}`),
    digest === null ? '' : code(digest),
  ])
  report.section('Published', table(['What', 'Where', 'Status', 'Digest'], rows))
  workflow.output('receipts', JSON.stringify(receipts))
}
