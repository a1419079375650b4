import { resolve } from 'node:path'
import { createRelease } from '@slipway/release/create-release'
import { runAction } from '@slipway/runtime/main'
import { reportWork } from '@slipway/runtime/receipts'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, manifest, githubToken: github, ...options } = context.inputs(spec)
  context.report.project = path
  const at = { dir: resolve(path), workspace: resolve('.'), manifest: resolve(manifest), tokens: { github } }
  const { run, go } = createRelease(context.ports, { ...options, ...at, mask: context.workflow.mask })
  await reportWork(context, go, () => run.receipts)
  context.workflow.output('url', (options.draft ? null : run.receipts.at(-1)?.url) ?? '')
})
