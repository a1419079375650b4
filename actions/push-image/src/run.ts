import { resolve } from 'node:path'
import { pushImage } from '@slipway/release/image/push'
import { reportImage } from '@slipway/runtime/image-report'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { reportWork } from '@slipway/runtime/receipts'
import { jobSetting } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Builds and pushes the image. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const { layout, githubToken: github, ...options } = inputs
  const at = { ...jobSetting(context, options), layout: layout && resolve(layout), tokens: { github } }
  const { run, go, image, skipped } = pushImage(context.ports, { ...options, ...at })
  await reportWork(context, go, () => run.receipts)
  reportImage(context, image(), { isPushed: options.push !== 'false', skipped: skipped() })
}
