import { resolve } from 'node:path'
import { setUpToolchains } from '@slipway/release/build/toolchains'
import { runAction } from '@slipway/runtime/main'
import { spec } from './inputs.ts'

await runAction(async (context) => {
  const { path, tag, zig } = context.inputs(spec)
  const tools = await setUpToolchains(context.ports, resolve(path), { zig, tag })
  for (const [name, value] of Object.entries(tools)) context.workflow.output(name, value)
  for (const [name, value] of Object.entries(tools)) context.ports.log.info(`${name}: ${value}`)
})
