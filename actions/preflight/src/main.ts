import { revokeCratesToken } from '@slipway/release/job/trusted-login'
import { preflightRelease } from '@slipway/release/pipeline/survey-release'
import { runAction } from '@slipway/runtime/main'
import { reportPreflight } from '@slipway/runtime/preflight-report'
import { jobSetting, releaseTokens, tokenLeft, tokensKept, trialMode } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(
  async (context) => {
    const inputs = context.inputs(spec)
    const at = { ...jobSetting(context, inputs), tokens: releaseTokens(inputs), onToken: tokensKept(context) }
    const options = { ...inputs, ...at, trial: trialMode(inputs.testPypi) }
    const { run, go, hasTrial } = preflightRelease(context.ports, options)
    await go().finally(() => reportPreflight(context, run.surveyed))
    context.workflow.output('test-pypi', hasTrial)
  },
  (context) => revokeCratesToken(context.ports, tokenLeft(context, 'crates')),
)
