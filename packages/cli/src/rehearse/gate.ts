import { cp } from 'node:fs/promises'
import type { Ports } from '@slipway/core/ports'
import { runGate } from '@slipway/release/gate'
import type { Step } from '@slipway/release/step'
import { targetDir } from './artifacts.ts'
import { inScratch } from './scratch.ts'
import type { SourceCopy } from './source-copy.ts'

/**
 * Runs the project's gate in a copy of its own, in which it may leave what it likes.
 * @throws ProblemError `gate-failed`
 */
export async function passGate(ports: Ports, { dir, work, plan }: SourceCopy, step: Step): Promise<void> {
  if (plan.gate.length === 0) return
  await inScratch(work, async (copy) => {
    await cp(dir, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
    await runGate(ports, plan, { dir: copy, env: { CARGO_TARGET_DIR: targetDir(ports, plan) }, step })
  })
}
