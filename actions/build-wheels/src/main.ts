import { resolve } from 'node:path'
import { buildDistributions } from '@slipway/release/build/build-distributions'
import { reportArtifacts } from '@slipway/runtime/artifact-report'
import { runAction } from '@slipway/runtime/main'
import { jobSetting } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { out, package: packages, ...options } = context.inputs(spec)
  const at = { ...jobSetting(context, options), out: resolve(out) }
  const { run, go } = buildDistributions(context.ports, { ...options, ...at, packages })
  await go()
  context.workflow.output('out', resolve(out))
  reportArtifacts(context, run.artifacts)
})
