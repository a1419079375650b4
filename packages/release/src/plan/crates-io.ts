import type { Plan } from '@slipway/core/plan'

/** Returns the names of the crates that the plan publishes to crates.io, in publishing order. */
export function cratesIoNames(plan: Plan): string[] {
  return plan.crates
    .filter(({ publish }) => publish === true || (Array.isArray(publish) && publish.includes('crates-io')))
    .map((each) => each.name)
}
