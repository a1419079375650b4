import { preflightRelease } from '@slipway/release/whole-release'
import { runAction } from '@slipway/runtime/main'
import { reportPreflight } from '@slipway/runtime/preflight-report'
import { jobSetting, releaseTokens, trialMode } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const inputs = context.inputs(spec)
  const options = { ...inputs, ...jobSetting(context, inputs), tokens: releaseTokens(inputs) }
  const { run, go, hasTrial } = preflightRelease(context.ports, { ...options, trial: trialMode(inputs.testPypi) })
  await go().finally(() => reportPreflight(context, run.surveyed))
  context.workflow.output('test-pypi', hasTrial)
})
