import { pending, released } from '@slipway/release/pipeline/outcome'
import { reportRelease } from '@slipway/release/pipeline/survey-release'
import { runAction } from '@slipway/runtime/main'
import { reportOutcome } from '@slipway/runtime/outcome-report'
import { jobSetting, releaseTokens, trialMode } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const inputs = context.inputs(spec)
  const options = { ...inputs, ...jobSetting(context, inputs), tokens: releaseTokens(inputs) }
  const { run, go } = reportRelease(context.ports, { ...options, trial: trialMode(inputs.testPypi) })
  await go()
  const { outcome } = run
  if (!outcome) return
  reportOutcome(context, outcome.destinations)
  context.workflow.output('receipts', JSON.stringify(outcome.receipts))
  context.workflow.output('released', JSON.stringify(released(outcome)))
  context.workflow.output('pending', JSON.stringify(pending(outcome)))
})
