import { pending, released } from '@slipway/release/pipeline/outcome'
import { reportRelease } from '@slipway/release/pipeline/survey-release'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { reportOutcome } from '@slipway/runtime/outcome-report'
import { jobSetting, releaseTokens, trialMode } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Reports the state of the release. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const options = { ...inputs, ...jobSetting(context, inputs), tokens: releaseTokens(inputs) }
  const { run, go } = reportRelease(context.ports, { ...options, trial: trialMode(inputs.testPypi) })
  await go()
  const { outcome } = run
  if (!outcome) return
  reportOutcome(context, outcome.destinations)
  context.workflow.output('receipts', JSON.stringify(outcome.receipts))
  context.workflow.output('released', JSON.stringify(released(outcome)))
  context.workflow.output('pending', JSON.stringify(pending(outcome)))
}
