import type { Receipt } from '@slipway/core/publisher'
import type { Context } from './main.ts'
import { code, escapeCell, link, table } from './markdown.ts'

/** Characters of a digest that people compare by. */
const SHORT = 12

/** A digest as people read it: its first characters. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, SHORT)
}

/** Reports what was done: a table in the summary, where there is anything to show, and the output `receipts`. */
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
  if (rows.length > 0) report.section('Published', table(['What', 'Where', 'Status', 'Digest'], rows))
  workflow.output('receipts', JSON.stringify(receipts))
}

/**
 * Does the work of a step and reports its receipts: all of them, or after a failure those that were earned before it.
 * Throws what the work throws.
 * @param skipped what was left out on purpose, for the report of a success
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
    const earned = receipts()
    if (earned.length > 0) reportReceipts(context, earned)
    throw cause
  }
  reportReceipts(context, [...receipts(), ...skipped()])
}
