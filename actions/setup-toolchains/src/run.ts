import { resolve } from 'node:path'
import { setUpToolchains } from '@slipway/release/build/toolchains'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import type { spec } from './inputs.ts'

/** Finds or installs the tools. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const { path, tag, zig } = inputs
  const tools = await setUpToolchains(context.ports, resolve(path), { zig, tag })
  for (const [name, value] of Object.entries(tools)) context.workflow.output(name, value)
  for (const [name, value] of Object.entries(tools)) context.ports.log.info(`${name}: ${value}`)
}
