import { resolve } from 'node:path'
import { assembleRelease } from '@slipway/release/assemble/assemble'
import { reportRelease } from '@slipway/runtime/artifact-report'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { jobSetting } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Assembles the release. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const { builds, out, crates, packages, targets, images, ...options } = inputs
  const selection = { crates, packages, targets, images }
  const at = { ...jobSetting(context, options), builds: builds && resolve(builds), out: resolve(out) }
  const { run, go, manifestSha256 } = assembleRelease(context.ports, { ...options, ...at, selection })
  await go()
  reportRelease(context, { out: at.out, plan: run.plan, artifacts: run.artifacts, manifestSha256: manifestSha256() })
}
