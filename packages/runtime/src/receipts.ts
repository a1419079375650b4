import type { Receipt } from '@slipway/core/receipt'
import type { Context } from './main.ts'
import { code, escapeCell, link, table } from './markdown.ts'

/** Length of a short digest. */
const SHORT = 12

/** Shortens a digest for people. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, SHORT)
}

/** Reports the receipts: a table in the summary, unless there are none, and the output `receipts`. */
export function reportReceipts(
  { report, workflow }: Pick<Context, 'report' | 'workflow'>,
  receipts: readonly Receipt[],
): void {
  const rows = receipts.map(({ artifact, target, status, url, digest, reason }) => [
    url === null ? code(artifact) : link(artifact, url),
    escapeCell(target),
    escapeCell(reason === undefined ? status : `${status}: ${reason}`),
    digest === null ? '' : code(shortDigest(digest)),
  ])
  if (rows.length > 0) report.section('Published', table(['Part', 'Destination', 'Status', 'Digest'], rows))
  workflow.output('receipts', JSON.stringify(receipts))
}

/**
 * Runs the work of a step and reports its receipts; after a failure, those from before it.
 * @param skipped receipts of deliberately skipped parts, for the report of a success
 * @throws any error of the work
 */
export async function reportWork(
  context: Pick<Context, 'report' | 'workflow'>,
  work: () => Promise<void>,
  receipts: () => readonly Receipt[],
  skipped: () => readonly Receipt[] = () => [],
): Promise<void> {
  try {
    await work()
  } catch (cause) {
    const before = receipts()
    if (before.length > 0) reportReceipts(context, before)
    throw cause
  }
  reportReceipts(context, [...receipts(), ...skipped()])
}
