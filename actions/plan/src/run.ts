import { resolve } from 'node:path'
import { planRelease, tagOfRun } from '@slipway/release/plan/plan'
import { namedCrates, selected } from '@slipway/release/plan/select'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { failOn, reportPlan } from '@slipway/runtime/plan-report'
import type { spec } from './inputs.ts'

/** Plans the release. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const { path, tag, failOn: threshold, ...options } = inputs
  context.report.project = path
  const about = { ...options, tag: tag ?? tagOfRun(context.ports.env), crates: namedCrates(options) }
  const plan = selected(await planRelease(context.ports, resolve(path), about), options)
  await reportPlan(context, plan)
  failOn(threshold, plan.problems)
}
