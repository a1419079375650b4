import type { Ports } from '@slipway/core/ports'
import { runGate } from '@slipway/release/gate/gate'
import type { Step } from '@slipway/release/job/step'
import { targetDir } from './build-folder.ts'
import { inScratchCopy, type SourceCopy } from './source-copy.ts'

/**
 * Runs the project's gate commands in a separate copy.
 * @throws ProblemError `gate-failed`
 */
export async function passGate(ports: Ports, source: SourceCopy, step: Step): Promise<void> {
  const { plan } = source
  if (plan.gate.length === 0) return
  const env = { CARGO_TARGET_DIR: targetDir(ports, plan) }
  await inScratchCopy(source, (dir) => runGate(ports, plan, { dir, env, step }))
}
