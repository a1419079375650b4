import { verifyInstall } from '@slipway/release/verify/verify-install'
import { reportInstalled } from '@slipway/runtime/artifact-report'
import { runAction } from '@slipway/runtime/main'
import { jobSetting } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const options = context.inputs(spec)
  const { go, installed } = verifyInstall(context.ports, { ...options, ...jobSetting(context, options) })
  await go().finally(() => reportInstalled(context, installed))
})
