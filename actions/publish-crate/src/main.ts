import { resolve } from 'node:path'
import { keptBack, publishCrates } from '@slipway/release/publish-crates'
import { runAction } from '@slipway/runtime/main'
import { reportWork } from '@slipway/runtime/receipts'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, manifest, cratesToken: crates, githubToken: github, ...options } = context.inputs(spec)
  context.report.project = path
  const at = {
    dir: resolve(path),
    manifest: resolve(manifest),
    tokens: { crates, github },
    mask: context.workflow.mask,
  }
  const { run, go } = await publishCrates(context.ports, { ...options, ...at })
  const skipped = () => keptBack(run, options.registry)
  await reportWork(context, go, () => run.receipts, skipped)
})
