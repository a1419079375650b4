import type { Plan } from '@slipway/core/plan'
import type { Receipt } from '@slipway/core/receipt'

/** Returns receipts of the crates that the plan skips, each with its reason. */
export function skippedReceipts(plan: Plan): Receipt[] {
  return plan.crates
    .filter((each) => each.publish === false)
    .map(({ name, version, reason }) => ({
      publisher: 'crates',
      artifact: `${name} ${version}`,
      target: 'crates.io',
      status: 'skipped',
      url: null,
      digest: null,
      reason: reason ?? 'its Cargo.toml sets publish = false',
    }))
}
