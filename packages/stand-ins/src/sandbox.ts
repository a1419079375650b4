import type { Ports } from '@slipway/core/ports'
import { type SandboxDescription, sandboxOf } from '@slipway/core/sandbox'

/** The sandbox of a rehearsal: a stand-in works nowhere else. @throws Error outside a rehearsal */
export function requireSandbox({ env }: Pick<Ports, 'env'>): SandboxDescription {
  const sandbox = sandboxOf(env)
  if (sandbox) return sandbox
  throw new Error('This stand-in only works in a rehearsal: SLIPWAY_SANDBOX is not set.')
}
