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
import { scratchFolder } from '../job/scratch.ts'
import { type Job, startJob } from '../job/start.ts'
import { cratesIoNames } from '../plan/crates-io.ts'
import { type Execution, executeWheels, unexecuted } from '../verify/execute-wheels.ts'
import type { PackageTest } from '../verify/try-package.ts'
import { buildCrates, buildPackages, type WheelOptions } from './build.ts'
import { jobsHere } from './rehearsed.ts'
import { sourceDateEpoch } from './source-date.ts'

/** Options of the build on one runner. */
export type BuildDistributionsOptions = Omit<WheelOptions, 'plan' | 'targetDir' | 'sourceDateEpoch'> &
  Omit<JobOptions, 'manifest' | 'manifestSha256'> & {
    upload: Upload
    /** Whether to package the crates too, and build each from its package. */
    crates: boolean
    /** Timestamp of built files, in seconds since the epoch; default: SOURCE_DATE_EPOCH, or the commit's. */
    sourceDateEpoch?: number | undefined
    /** On which Pythons, and how, the wheels are executed. */
    execution: Pick<Execution, 'pythons' | 'imports'> & { test: Omit<PackageTest, 'project'> }
    /** Whether a wheel that cannot be executed here stops the build. */
    requireExecuted: boolean
  }

/**
 * Builds the wheels for one machine's platforms, the sdists and the crates of a project, inspects them, executes the wheels
 * that run here, and lists all in the manifest of their folder. Their timestamps are the commit's, or SOURCE_DATE_EPOCH if
 * set (reproducible-builds.org's specification).
 */
export function buildDistributions(ports: Ports, options: BuildDistributionsOptions): Job {
  const { dir, out } = options
  return startJob(
    ports,
    { ...options, manifest: join(out, MANIFEST_FILE) },
    {
      steps: ['plan', 'build', 'inspect', 'try', 'assemble'],
      own: [],
      site: {
        async plan(run) {
          run.plan = await planOfCheckout(ports, options)
        },
        async build(run) {
          const { plan } = run
          const here = await buildsHere(ports, options)
          if (here === null) return
          const epoch = options.sourceDateEpoch ?? (await sourceDateEpoch(ports, dir))
          const on = { ...options, ...here, plan, targetDir: null, sourceDateEpoch: epoch }
          const packages = await buildPackages(ports, on)
          const hasCrates = options.crates && cratesIoNames(plan).length > 0
          const crates = hasCrates ? await buildCrates(ports, { dir, plan, out, targetDir: null }) : []
          run.artifacts = [...packages, ...crates]
        },
        async inspect({ artifacts, plan }) {
          failOnErrors(await inspectArtifacts(artifacts, plan), ports.log)
        },
        async try(run) {
          const { pythons, imports, test } = options.execution
          const folder = await scratchFolder(ports, 'execution')
          const how = { folder, pythons, imports, test: { ...test, project: dir } }
          run.artifacts = await executeWheels(ports, run.plan, run.artifacts, how)
          if (options.requireExecuted) failOnErrors(unexecuted(run.artifacts))
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

/**
 * Returns the targets and Pythons to build for: all, but in a rehearsal only those of this machine; null when none is left.
 */
async function buildsHere(
  ports: Ports,
  { dir, targets = [], interpreters = [] }: BuildDistributionsOptions,
): Promise<Pick<BuildDistributionsOptions, 'targets' | 'interpreters'> | null> {
  const isHere = await jobsHere(ports, dir)
  const [onTargets, forPythons] = [
    targets.filter((target) => isHere({ target })),
    interpreters.filter((interpreter) => isHere({ interpreter })),
  ]
  const left = [
    ...targets.filter((each) => !onTargets.includes(each)),
    ...interpreters.filter((each) => !forPythons.includes(each)).map((each) => `Python ${each}`),
  ]
  if (left.length > 0)
    ports.log.info(`Not rehearsed: ${left.join(' and ')} need${left.length === 1 ? 's' : ''} another runner.`)
  const isNone = (all: readonly string[], some: readonly string[]) => all.length > 0 && some.length === 0
  if (isNone(targets, onTargets) || isNone(interpreters, forPythons)) return null
  return { targets: onTargets, interpreters: forPythons }
}

/** Returns the name of a job's upload. */
function uploadName({ packages = [], targets = [], interpreters = [] }: BuildDistributionsOptions): string {
  return buildUpload(...(packages.length === 0 ? ['all'] : packages), ...targets, ...interpreters)
}
