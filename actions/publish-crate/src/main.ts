import { resolve } from 'node:path'
import { publishCrates } from '@slipway/release/publish-crates'
import { runAction } from '@slipway/runtime/main'
import { reportReceipts } from '@slipway/runtime/receipts'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, ...options } = context.inputs(spec)
  context.report.project = path
  reportReceipts(context, await publishCrates(context.ports, { dir: resolve(path), ...options }))
})
