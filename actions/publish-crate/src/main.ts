import { keptBack, publishCrates } from '@slipway/release/publish-crates'
import { runAction } from '@slipway/runtime/main'
import { reportWork } from '@slipway/runtime/receipts'
import { jobSetting } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { cratesToken: crates, githubToken: github, ...options } = context.inputs(spec)
  const at = { ...jobSetting(context, options), tokens: { crates, github } }
  const { run, go } = await publishCrates(context.ports, { ...options, ...at })
  const skipped = () => keptBack(run, options.registry)
  await reportWork(context, go, () => run.receipts, skipped)
})
