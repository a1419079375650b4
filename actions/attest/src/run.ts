import { attestRelease } from '@slipway/release/attest/release'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { reportWork } from '@slipway/runtime/receipts'
import { jobSetting } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Attests the release. */
export async function run(context: Context, all: Inputs<typeof spec>): Promise<void> {
  const { githubToken: github, ...inputs } = all
  const at = jobSetting(context, { path: '.', manifest: inputs.manifest })
  const { go, receipts } = attestRelease(context.ports, { ...inputs, ...at, tokens: { github } })
  await reportWork(context, go, () => receipts)
}
