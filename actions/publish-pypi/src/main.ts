import { resolve } from 'node:path'
import { publishFiles } from '@slipway/release/publish-files'
import { runAction } from '@slipway/runtime/main'
import { reportReceipts } from '@slipway/runtime/receipts'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, packagesDir, ...options } = context.inputs(spec)
  const folders = { dir: resolve(path), packagesDir: resolve(packagesDir) }
  reportReceipts(context, await publishFiles(context.ports, { ...folders, ...options }))
})
