import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { findRust } from '@slipway/toolchain/rust'
import { buildCrates, publishedCrates } from './build.ts'
import { runGate } from './gate.ts'
import { type Job, type JobOptions, planOfCheckout, scratchFolder, startJob } from './job.ts'
import type { Step } from './step.ts'

/** The project that must pass. */
export type GateOptions = Pick<JobOptions, 'dir' | 'tag' | 'mask'> & {
  /** Shows each command to people. */
  step: Step
}

/**
 * What must succeed before anything is built for a release: the commands of `[gate]` in slipway.toml, and every crate
 * packaged and built from its package, as crates.io's users will. Code of the project runs, so the job must hold no secret.
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
          run.plan = await planOfCheckout(ports, options)
        },
        async gate({ plan }) {
          await runGate(ports, plan, { dir, env: {}, step })
          if (publishedCrates(plan).length === 0) return
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
