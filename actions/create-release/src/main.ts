import { resolve } from 'node:path'
import { createRelease } from '@slipway/release/publish/create-release'
import { runAction } from '@slipway/runtime/main'
import { reportWork } from '@slipway/runtime/receipts'
import { jobSetting } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { githubToken: github, ...options } = context.inputs(spec)
  const at = { ...jobSetting(context, options), workspace: resolve('.'), tokens: { github } }
  const { run, go, releaseId } = createRelease(context.ports, { ...options, ...at })
  await reportWork(context, go, () => run.receipts)
  context.workflow.output('release-id', (await releaseId()) ?? '')
  context.workflow.output('url', (options.draft ? null : run.receipts.at(-1)?.url) ?? '')
})
