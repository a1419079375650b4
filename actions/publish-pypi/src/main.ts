import { resolve } from 'node:path'
import { publishFiles } from '@slipway/release/publish/publish-files'
import { runAction } from '@slipway/runtime/main'
import { reportWork } from '@slipway/runtime/receipts'
import { jobSetting } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { packagesDir, pypiToken, githubToken: github, ...options } = context.inputs(spec)
  const at = { ...jobSetting(context, options), packagesDir: packagesDir && resolve(packagesDir) }
  const tokens = { [options.repository]: pypiToken, github }
  const { run, go } = publishFiles(context.ports, { ...options, ...at, tokens })
  await reportWork(context, go, () => run.receipts)
})
