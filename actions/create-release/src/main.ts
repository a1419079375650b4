import { resolve } from 'node:path'
import { createRelease, repositoryOfRun } from '@slipway/release/create-release'
import { tagOfRun } from '@slipway/release/plan'
import { runAction } from '@slipway/runtime/main'
import { reportReceipts } from '@slipway/runtime/receipts'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, tag = tagOfRun(context.ports.env), ...options } = context.inputs(spec)
  context.report.project = path
  const at = repositoryOfRun(context.ports.env)
  const receipts = await createRelease(context.ports, { dir: resolve(path), tag, ...at, ...options })
  context.workflow.output('url', (options.draft ? null : receipts.at(-1)?.url) ?? '')
  reportReceipts(context, receipts)
})
