import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { findRust } from '@slipway/toolchain/rust'
import { buildCrates } from '../build/build.ts'
import type { JobOptions } from '../job/options.ts'
import { packaging, planOfCheckout } from '../job/plan.ts'
import { scratchFolder } from '../job/scratch.ts'
import { type Job, startJob } from '../job/start.ts'
import type { Step } from '../job/step.ts'
import { cratesIoNames } from '../plan/crates-io.ts'
import { runGate } from './gate.ts'

/** Options of the gate. */
export type GateOptions = Pick<JobOptions, 'dir' | 'tag' | 'mask'> & {
  /** Shows the progress of each command. */
  step: Step
}

/**
 * Checks the project before anything is built for a release: runs the commands of `[gate]` in slipway.toml, and
 * packages every crate and builds it from its package, as crates.io's users will. Runs project code, so the job must
 * hold no secret.
 */
export function passGate(ports: Ports, options: GateOptions): Job {
  const { dir, step } = options
  return startJob(
    ports,
    { ...options, manifest: '' },
    {
      steps: ['plan', 'gate'],
      own: [],
      site: {
        async plan(run) {
          run.plan = await planOfCheckout(ports, options, packaging(ports))
        },
        async gate({ plan }) {
          await runGate(ports, plan, { dir, env: {}, step })
          if (cratesIoNames(plan).length === 0) return
          await findRust(ports, dir)
          const out = await scratchFolder(ports, 'crates')
          await step('package and verify the crates', () =>
            buildCrates(ports, { dir, plan, out: join(out, 'packed'), targetDir: null }),
          )
        },
      },
    },
  )
}
