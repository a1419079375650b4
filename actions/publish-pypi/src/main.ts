import { resolve } from 'node:path'
import { publishFiles } from '@slipway/release/publish-files'
import { runAction } from '@slipway/runtime/main'
import { reportReceipts } from '@slipway/runtime/receipts'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { packagesDir, ...options } = context.inputs(spec)
  reportReceipts(context, await publishFiles(context.ports, { packagesDir: resolve(packagesDir), ...options }))
})
