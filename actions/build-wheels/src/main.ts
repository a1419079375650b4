import { resolve } from 'node:path'
import { buildDistributions } from '@slipway/release/build-distributions'
import { reportArtifacts } from '@slipway/runtime/artifact-report'
import { runAction } from '@slipway/runtime/main'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, out, package: packages, ...options } = context.inputs(spec)
  context.report.project = path
  const built = await buildDistributions(context.ports, { dir: resolve(path), out: resolve(out), packages, ...options })
  context.workflow.output('out', resolve(out))
  reportArtifacts(context, built)
})
