import type { Plan } from '@slipway/core/plan'
import type { Receipt } from '@slipway/core/publisher'

/** Receipts of what the plan leaves out, each with its reason. */
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
      reason: reason ?? 'its Cargo.toml says publish = false',
    }))
}
