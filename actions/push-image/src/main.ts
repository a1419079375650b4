import { resolve } from 'node:path'
import { NO_IMAGE } from '@slipway/release/image/choose'
import { pushImage } from '@slipway/release/image/push'
import { reportImage } from '@slipway/runtime/image-report'
import { runAction } from '@slipway/runtime/main'
import { reportWork } from '@slipway/runtime/receipts'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, manifest, layout, githubToken: github, ...options } = context.inputs(spec)
  context.report.project = path
  const at = { dir: resolve(path), manifest: resolve(manifest), layout: layout && resolve(layout), tokens: { github } }
  const { run, go, image } = pushImage(context.ports, { ...options, ...at, mask: context.workflow.mask })
  await reportWork(context, go, () => run.receipts)
  reportImage(context, image(), { isPushed: options.push !== 'false', skipped: NO_IMAGE })
})
