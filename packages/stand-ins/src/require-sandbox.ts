import type { Ports } from '@slipway/core/ports'
import { type SandboxDescription, sandboxOf } from '@slipway/core/sandbox'

/** Returns the sandbox of the rehearsal, without which a stand-in does not work. @throws Error outside a rehearsal */
export function requireSandbox({ env }: Pick<Ports, 'env'>): SandboxDescription {
  const sandbox = sandboxOf(env)
  if (sandbox) return sandbox
  throw new Error('This stand-in only works in a rehearsal: SLIPWAY_SANDBOX is not set.')
}
