import { resolve } from 'node:path'
import { failOnErrors } from '@slipway/core/problem'
import { compareBuilds, notReproducible } from '@slipway/release/verify/compare-builds'
import { reportComparison } from '@slipway/runtime/artifact-report'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import type { spec } from './inputs.ts'

/** Compares two builds. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const compared = await compareBuilds(resolve(inputs.manifest), resolve(inputs.against))
  reportComparison(context, compared)
  failOnErrors(notReproducible(compared, inputs.failOnDifference ? 'error' : 'warning'), context.ports.log)
}
