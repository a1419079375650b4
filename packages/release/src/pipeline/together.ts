import type { Effort } from '@slipway/core/patience'
import type { Receipt } from '@slipway/core/receipt'
import { sideBySide } from '@slipway/core/side-by-side'

/**
 * Runs all work side by side, and waits until all of it has ended, also after a failure: nothing is left half done and
 * unreported. The receipts keep the order of the work.
 * @throws the failures, joined
 */
export async function together(work: readonly ((effort: Effort) => Promise<unknown>)[], effort: Effort): Promise<void> {
  const receipts = work.map((): Receipt[] => [])
  const withReceipts = work.map((act, index) => () => {
    return act({ ...effort, onReceipt: (each) => void receipts[index]?.push(each) })
  })
  try {
    await sideBySide(withReceipts)
  } finally {
    for (const each of receipts.flat()) effort.onReceipt?.(each)
  }
}
