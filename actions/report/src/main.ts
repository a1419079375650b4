import { resolve } from 'node:path'
import { pending, released } from '@slipway/release/pipeline/outcome'
import { reportRelease } from '@slipway/release/whole-release'
import { runAction } from '@slipway/runtime/main'
import { reportOutcome } from '@slipway/runtime/outcome-report'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, manifest, cratesToken, pypiToken, testPypiToken, githubToken, ...options } = context.inputs(spec)
  context.report.project = path
  const tokens = { crates: cratesToken, pypi: pypiToken, testpypi: testPypiToken, github: githubToken }
  const at = { dir: resolve(path), manifest: resolve(manifest), tokens, mask: context.workflow.mask }
  const { run, go } = reportRelease(context.ports, { ...options, ...at })
  await go()
  const { outcome } = run
  if (!outcome) return
  reportOutcome(context, outcome.destinations)
  context.workflow.output('receipts', JSON.stringify(outcome.receipts))
  context.workflow.output('released', JSON.stringify(released(outcome)))
  context.workflow.output('pending', JSON.stringify(pending(outcome)))
})
