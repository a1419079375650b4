import { publishCrates, skippedCrates } from '@slipway/release/publish/publish-crates'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { reportWork } from '@slipway/runtime/receipts'
import { jobSetting, tokensKept } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Publishes the crates. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const { cratesToken: crates, githubToken: github, ...options } = inputs
  const at = { ...jobSetting(context, options), tokens: { crates, github }, onToken: tokensKept(context) }
  const { run, go } = await publishCrates(context.ports, { ...options, ...at })
  const skipped = () => skippedCrates(run, options.registry)
  await reportWork(context, go, () => run.receipts, skipped)
}
