import { join } from 'node:path'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import { addToManifest, MANIFEST_FILE } from '@slipway/artifacts/manifest'
import { manifestOf } from '@slipway/core/artifact'
import type { Ports } from '@slipway/core/ports'
import { failOnErrors } from '@slipway/core/problem'
import { buildUpload, handOver } from '../handover/handover.ts'
import type { Upload } from '../job/choices.ts'
import type { JobOptions } from '../job/options.ts'
import { planOfCheckout } from '../job/plan.ts'
import { type Job, startJob } from '../job/start.ts'
import { cratesIoNames } from '../plan/crates-io.ts'
import { buildCrates, buildPackages, type WheelOptions } from './build.ts'
import { jobsHere } from './rehearsed.ts'
import { sourceDateEpoch } from './source-date.ts'

/** Options of the build on one runner. */
export type BuildDistributionsOptions = Omit<WheelOptions, 'plan' | 'targetDir' | 'sourceDateEpoch'> &
  Omit<JobOptions, 'manifest' | 'manifestSha256'> & {
    upload: Upload
    /** Whether to package the crates too, and build each from its package. */
    crates: boolean
  }

/**
 * Builds the wheels for one platform, the sdists and the crates of a project, inspects them, and lists them in the
 * manifest of their folder. Their timestamps are the commit's, or SOURCE_DATE_EPOCH if set (reproducible-builds.org's
 * specification).
 */
export function buildDistributions(ports: Ports, options: BuildDistributionsOptions): Job {
  const { dir, out } = options
  return startJob(
    ports,
    { ...options, manifest: join(out, MANIFEST_FILE) },
    {
      steps: ['plan', 'build', 'inspect', 'assemble'],
      own: [],
      site: {
        async plan(run) {
          run.plan = await planOfCheckout(ports, options)
        },
        async build(run) {
          const { plan } = run
          const { target = '', interpreter = '' } = options
          if (!(await jobsHere(ports, dir))({ target, interpreter })) {
            const what = [target, interpreter && `Python ${interpreter}`].filter(Boolean).join(' and ')
            ports.log.info(`Not rehearsed: ${what} needs another runner.`)
            return
          }
          const epoch = await sourceDateEpoch(ports, dir)
          const packages = await buildPackages(ports, { ...options, plan, targetDir: null, sourceDateEpoch: epoch })
          const hasCrates = options.crates && cratesIoNames(plan).length > 0
          const crates = hasCrates ? await buildCrates(ports, { dir, plan, out, targetDir: null }) : []
          run.artifacts = [...packages, ...crates]
        },
        async inspect({ artifacts, plan }) {
          failOnErrors(await inspectArtifacts(artifacts, plan), ports.log)
        },
        async assemble({ artifacts, plan }) {
          if (artifacts.length === 0) return
          await addToManifest(out, manifestOf(plan, artifacts))
          await handOver(ports, options, uploadName(options), out)
        },
      },
    },
  )
}

/** Returns the name of a matrix job's upload. */
function uploadName({ packages = [], target = '', interpreter = '' }: BuildDistributionsOptions): string {
  return buildUpload(...(packages.length === 0 ? ['all'] : packages), target, interpreter)
}
