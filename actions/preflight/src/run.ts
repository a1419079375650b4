import { preflightRelease } from '@slipway/release/pipeline/survey-release'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { reportPreflight } from '@slipway/runtime/preflight-report'
import { jobSetting, releaseTokens, tokensKept, trialMode } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Checks every destination. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const at = { ...jobSetting(context, inputs), tokens: releaseTokens(inputs), onToken: tokensKept(context) }
  const options = { ...inputs, ...at, trial: trialMode(inputs.testPypi) }
  const { run, go, hasTrial } = preflightRelease(context.ports, options)
  await go().finally(() => reportPreflight(context, run.surveyed))
  context.workflow.output('test-pypi', hasTrial)
}
