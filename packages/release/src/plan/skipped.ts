import type { Plan } from '@slipway/core/plan'
import { giveReceipt, type Receipt } from '@slipway/core/receipt'

/** Returns receipts of the crates that the plan skips, each with its reason. */
export function skippedReceipts(plan: Plan): Receipt[] {
  return plan.crates
    .filter((each) => each.publish === false)
    .map(({ name, version, reason = 'its Cargo.toml sets publish = false' }) => {
      const artifact = `${name} ${version}`
      return giveReceipt({ publisher: 'crates', target: 'crates.io' }, { artifact, status: 'skipped', reason })
    })
}
