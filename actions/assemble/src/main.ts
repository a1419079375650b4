import { resolve } from 'node:path'
import { assembleRelease } from '@slipway/release/assemble/assemble'
import { reportRelease } from '@slipway/runtime/artifact-report'
import { runAction } from '@slipway/runtime/main'
import { jobSetting } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { builds, out, crates, packages, targets, images, ...options } = context.inputs(spec)
  const selection = { crates, packages, targets, images }
  const at = { ...jobSetting(context, options), builds: builds && resolve(builds), out: resolve(out) }
  const { run, go, manifestSha256 } = assembleRelease(context.ports, { ...options, ...at, selection })
  await go()
  reportRelease(context, { out: at.out, plan: run.plan, artifacts: run.artifacts, manifestSha256: manifestSha256() })
})
