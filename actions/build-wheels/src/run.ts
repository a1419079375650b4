import { resolve } from 'node:path'
import { buildDistributions } from '@slipway/release/build/build-distributions'
import { reportArtifacts } from '@slipway/runtime/artifact-report'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { jobSetting } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Builds the distributions. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const { out, package: packages, ...options } = inputs
  const at = { ...jobSetting(context, options), out: resolve(out) }
  const { run, go } = buildDistributions(context.ports, { ...options, ...at, packages })
  await go()
  context.workflow.output('out', resolve(out))
  reportArtifacts(context, run.artifacts)
}
