import { passGate } from '@slipway/release/gate/gate-job'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { jobSetting } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Runs the gate. */
export async function run(context: Context, options: Inputs<typeof spec>): Promise<void> {
  await passGate(context.ports, { ...options, ...jobSetting(context, options), step: context.workflow.group }).go()
}
