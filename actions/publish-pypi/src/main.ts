import { resolve } from 'node:path'
import { publishFiles } from '@slipway/release/publish-files'
import { runAction } from '@slipway/runtime/main'
import { reportWork } from '@slipway/runtime/receipts'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, manifest, packagesDir, pypiToken, githubToken: github, ...options } = context.inputs(spec)
  const folders = { dir: resolve(path), manifest: resolve(manifest), packagesDir: packagesDir && resolve(packagesDir) }
  const tokens = { [options.repository]: pypiToken, github }
  const { run, go } = publishFiles(context.ports, { ...options, ...folders, tokens, mask: context.workflow.mask })
  await reportWork(context, go, () => run.receipts)
})
