import { resolve } from 'node:path'
import { createRelease } from '@slipway/release/publish/create-release'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { reportWork } from '@slipway/runtime/receipts'
import { jobSetting } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Creates or completes the GitHub release. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const { githubToken: github, ...options } = inputs
  const at = { ...jobSetting(context, options), workspace: resolve('.'), tokens: { github } }
  const { run, go, releaseId } = createRelease(context.ports, { ...options, ...at })
  await reportWork(context, go, () => run.receipts)
  context.workflow.output('release-id', (await releaseId()) ?? '')
  context.workflow.output('url', (options.draft ? null : run.receipts.at(-1)?.url) ?? '')
}
