import { verifyInstall } from '@slipway/release/verify/verify-install'
import { reportInstalled } from '@slipway/runtime/artifact-report'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { jobSetting } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Installs the release and imports it. */
export async function run(context: Context, options: Inputs<typeof spec>): Promise<void> {
  const { go, installed } = verifyInstall(context.ports, { ...options, ...jobSetting(context, options) })
  await go().finally(() => reportInstalled(context, installed))
}
