import { resolve } from 'node:path'
import { planRelease, tagOfRun } from '@slipway/release/plan'
import { runAction } from '@slipway/runtime/main'
import { failOn, reportPlan } from '@slipway/runtime/plan-report'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, tag, offline, githubToken, failOn: threshold } = context.inputs(spec)
  context.report.project = path
  const about = { tag: tag ?? tagOfRun(context.ports.env), offline, githubToken }
  const plan = await planRelease(context.ports, resolve(path), about)
  await reportPlan(context, plan)
  failOn(threshold, plan.problems)
})
