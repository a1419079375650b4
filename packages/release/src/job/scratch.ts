import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'

/** Creates a temporary folder for a step. */
export function scratchFolder({ env }: Pick<Ports, 'env'>, name: string): Promise<string> {
  return mkdtemp(join(env.RUNNER_TEMP ?? tmpdir(), `slipway-${name}-`))
}
