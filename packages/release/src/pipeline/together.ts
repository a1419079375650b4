import type { Effort } from '@slipway/core/patience'
import { joinFailures } from '@slipway/core/problem'
import type { Receipt } from '@slipway/core/receipt'

/**
 * Runs all work side by side, and waits until all of it has ended, also after a failure: nothing is left half done and
 * unreported. The receipts keep the order of the work.
 * @throws the failures, joined
 */
export async function together(work: readonly ((effort: Effort) => Promise<unknown>)[], effort: Effort): Promise<void> {
  const receipts = work.map((): Receipt[] => [])
  const settled = await Promise.allSettled(
    work.map((act, index) => act({ ...effort, onReceipt: (each) => void receipts[index]?.push(each) })),
  )
  for (const each of receipts.flat()) effort.onReceipt?.(each)
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
  if (failures.length > 0) throw joinFailures(failures)
}
