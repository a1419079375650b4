import { resolve } from 'node:path'
import { preflightRelease } from '@slipway/release/whole-release'
import { runAction } from '@slipway/runtime/main'
import { reportPreflight } from '@slipway/runtime/preflight-report'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, manifest, cratesToken, pypiToken, testPypiToken, githubToken, ...options } = context.inputs(spec)
  context.report.project = path
  const tokens = { crates: cratesToken, pypi: pypiToken, testpypi: testPypiToken, github: githubToken }
  const at = { dir: resolve(path), manifest: resolve(manifest), tokens, mask: context.workflow.mask }
  const { run, go } = preflightRelease(context.ports, { ...options, ...at })
  await go().finally(() => reportPreflight(context, run.surveyed))
})
