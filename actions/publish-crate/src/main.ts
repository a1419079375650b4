import { revokeCratesToken } from '@slipway/release/job/trusted-login'
import { publishCrates, skippedCrates } from '@slipway/release/publish/publish-crates'
import { runAction } from '@slipway/runtime/main'
import { reportWork } from '@slipway/runtime/receipts'
import { jobSetting, tokenLeft, tokensKept } from '@slipway/runtime/release-inputs'
import { spec } from './inputs.ts'

await runAction(
  async (context) => {
    const { cratesToken: crates, githubToken: github, ...options } = context.inputs(spec)
    const at = { ...jobSetting(context, options), tokens: { crates, github }, onToken: tokensKept(context) }
    const { run, go } = await publishCrates(context.ports, { ...options, ...at })
    const skipped = () => skippedCrates(run, options.registry)
    await reportWork(context, go, () => run.receipts, skipped)
  },
  (context) => revokeCratesToken(context.ports, tokenLeft(context, 'crates')),
)
