import { attestRelease } from '@slipway/release/attest/release'
import { runAction } from '@slipway/runtime/main'
import { reportWork } from '@slipway/runtime/receipts'
import { jobSetting } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { githubToken: github, ...inputs } = context.inputs(spec)
  const at = jobSetting(context, { path: '.', manifest: inputs.manifest })
  const { go, receipts } = attestRelease(context.ports, { ...inputs, ...at, tokens: { github } })
  await reportWork(context, go, () => receipts)
})
