import { resolve } from 'node:path'
import { buildDistributions } from '@slipway/release/build-distributions'
import { reportArtifacts } from '@slipway/runtime/artifact-report'
import { runAction } from '@slipway/runtime/main'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, out, package: packages, ...options } = context.inputs(spec)
  context.report.project = path
  const at = { dir: resolve(path), out: resolve(out), mask: context.workflow.mask }
  const { run, go } = buildDistributions(context.ports, { ...options, ...at, packages })
  await go()
  context.workflow.output('out', resolve(out))
  reportArtifacts(context, run.artifacts)
})
