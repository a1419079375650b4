import { resolve } from 'node:path'
import { publishFiles } from '@slipway/release/publish/publish-files'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { reportSizes } from '@slipway/runtime/preflight-report'
import { reportWork } from '@slipway/runtime/receipts'
import { jobSetting } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Uploads the distributions. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const { packagesDir, pypiToken, githubToken: github, ...options } = inputs
  const at = { ...jobSetting(context, options), packagesDir: packagesDir && resolve(packagesDir) }
  const tokens = { [options.repository]: pypiToken, github }
  const { run, go } = publishFiles(context.ports, { ...options, ...at, tokens })
  await reportWork(context, go, () => run.receipts)
  reportSizes(context, run.surveyed)
}
