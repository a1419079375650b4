import { passGate } from '@slipway/release/gate/gate-job'
import { runAction } from '@slipway/runtime/main'
import { jobSetting } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const options = context.inputs(spec)
  await passGate(context.ports, { ...options, ...jobSetting(context, options), step: context.workflow.group }).go()
})
