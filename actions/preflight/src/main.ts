import { preflightRelease } from '@slipway/release/whole-release'
import { runAction } from '@slipway/runtime/main'
import { reportPreflight } from '@slipway/runtime/preflight-report'
import { jobSetting, releaseTokens } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const inputs = context.inputs(spec)
  const options = { ...inputs, ...jobSetting(context, inputs), tokens: releaseTokens(inputs) }
  const { run, go } = preflightRelease(context.ports, options)
  await go().finally(() => reportPreflight(context, run.surveyed))
})
