import { resolve } from 'node:path'
import { logins } from '@slipway/release/image/login'
import { pushImage } from '@slipway/release/image/push'
import { tagOfRun } from '@slipway/release/plan'
import { runAction } from '@slipway/runtime/main'
import { reportReceipts } from '@slipway/runtime/receipts'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { ports, workflow } = context
  const { path, layout, ...options } = context.inputs(spec)
  context.report.project = path
  const login = logins(ports, { ...options, mask: workflow.mask })
  const to = { dir: resolve(path), layout: layout && resolve(layout), tag: tagOfRun(ports.env), login }
  const { digest, references, receipts } = await pushImage(ports, { ...options, ...to })
  workflow.output('digest', digest)
  workflow.output('images', references.join('\n'))
  reportReceipts(context, receipts)
})
