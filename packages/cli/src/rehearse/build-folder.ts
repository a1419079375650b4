import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { cacheDir } from '@slipway/toolchain/cache'

/** Returns cargo's target folder. Each project has one, so a rehearsal after a small change compiles little. */
export function targetDir({ env }: Pick<Ports, 'env'>, { crates }: Pick<Plan, 'crates'>): string {
  const names = crates.map((each) => each.name).join(' ')
  return join(cacheDir(env), 'target', createHash('sha256').update(names).digest('hex').slice(0, 16))
}
