import { resolve } from 'node:path'
import { planRelease, tagOfRun } from '@slipway/release/plan/plan'
import { namedCrates, selected } from '@slipway/release/plan/select'
import { runAction } from '@slipway/runtime/main'
import { failOn, reportPlan } from '@slipway/runtime/plan-report'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, tag, failOn: threshold, ...options } = context.inputs(spec)
  context.report.project = path
  const about = { ...options, tag: tag ?? tagOfRun(context.ports.env), crates: namedCrates(options) }
  const plan = selected(await planRelease(context.ports, resolve(path), about), options)
  await reportPlan(context, plan)
  failOn(threshold, plan.problems)
})
