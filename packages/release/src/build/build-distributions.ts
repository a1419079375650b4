import { join } from 'node:path'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import { addToManifest, MANIFEST_FILE } from '@slipway/artifacts/manifest'
import { type Artifact, manifestOf } from '@slipway/core/artifact'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { failOnErrors } from '@slipway/core/problem'
import type { Strategy } from '@slipway/core/strategy'
import { PUBLIC } from '@slipway/registries/endpoints'
import type { EmulatorOptions } from '@slipway/toolchain/executor/emulator'
import { buildUpload, handOver } from '../handover/handover.ts'
import type { Upload } from '../job/choices.ts'
import type { JobOptions } from '../job/options.ts'
import { planOfCheckout } from '../job/plan.ts'
import { scratchFolder } from '../job/scratch.ts'
import { type Job, startJob } from '../job/start.ts'
import type { Run } from '../pipeline/run.ts'
import { cratesIoNames } from '../plan/crates-io.ts'
import { type Execution, executeWheels, unexecuted } from '../verify/execute-wheels.ts'
import type { PackageTest } from '../verify/try-package.ts'
import { trySdists } from '../verify/try-sdists.ts'
import { buildCrates, buildPackages } from './build.ts'
import type { WheelOptions } from './build-options.ts'
import { partsOfBuild } from './jobs.ts'
import { sourceDateEpoch } from './source-date.ts'

/** Options of the build on one runner. */
export type BuildDistributionsOptions = Omit<WheelOptions, 'plan' | 'targetDir' | 'sourceDateEpoch'> &
  Omit<JobOptions, 'manifest' | 'manifestSha256'> & {
    upload: Upload
    /** Whether this job builds the wheels of all targets; `native`, the default: the named ones, or this machine's. */
    strategy?: Strategy | undefined
    /** Whether to package the crates too, and build each from its package. */
    crates: boolean
    /** Timestamp of built files, in seconds since the epoch; default: SOURCE_DATE_EPOCH, or the commit's. */
    sourceDateEpoch?: number | undefined
    /** On which Pythons, with which emulators and in which containers, and how, the wheels are executed. */
    execution: Pick<Execution, 'pythons' | 'imports'> &
      Omit<EmulatorOptions, 'sources'> & { test: Omit<PackageTest, 'project'> }
    /** Whether sdists are tried as sources: not, by the metadata of their wheels, or by building and executing these. */
    testSdist: 'none' | 'metadata' | 'wheel'
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
          const { packages = [], sdist = true } = options
          const parts = await partsOfBuild(ports, dir, plan, { ...options, packages, sdist })
          if (parts.length === 0) return
          const epoch = options.sourceDateEpoch ?? (await sourceDateEpoch(ports, dir))
          const on = { ...options, plan, targetDir: null, sourceDateEpoch: epoch }
          logPrebuilt(ports, plan)
          const built: Artifact[] = []
          for (const part of parts) built.push(...(await buildPackages(ports, { ...on, ...part })))
          const hasCrates = options.crates && cratesIoNames(plan).length > 0
          const crates = hasCrates ? await buildCrates(ports, { dir, plan, out, targetDir: null }) : []
          run.artifacts = [...built, ...crates]
        },
        async inspect({ artifacts, plan }) {
          failOnErrors(await inspectArtifacts(artifacts, plan), ports.log)
        },
        async try(run) {
          const { pythons, imports, test, emulators, containers } = options.execution
          const folder = await scratchFolder(ports, 'execution')
          const how = { folder, pythons, imports, test: { ...test, project: dir } }
          const elsewhere = { emulators, containers, sources: PUBLIC.archives }
          run.artifacts = await executeWheels(ports, run.plan, run.artifacts, { ...how, elsewhere })
          await trySources(ports, options, run, how)
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

/** Tries the sdists as sources, and wheels from them if that is asked for. @throws ProblemError */
async function trySources(
  ports: Ports,
  options: BuildDistributionsOptions,
  { plan, artifacts }: Pick<Run, 'plan' | 'artifacts'>,
  how: Execution,
): Promise<void> {
  const { testSdist, zig, compilation, container, repair } = options
  if (testSdist === 'none') return
  const sources = await trySdists(ports, plan, artifacts, await scratchFolder(ports, 'sources'))
  if (testSdist === 'metadata') return
  const epoch = options.sourceDateEpoch ?? (await sourceDateEpoch(ports, options.dir))
  for (const { artifact, source } of sources) {
    const packages = plan.packages.filter((each) => normalizeName(each.name) === normalizeName(artifact.project))
    const elsewhere = { ...plan, packages: packages.map(asSource) }
    const out = await scratchFolder(ports, 'from-source')
    const build = { dir: source, plan: elsewhere, out, targetDir: join(out, 'target'), sourceDateEpoch: epoch }
    const wheels = await buildPackages(ports, { ...build, zig, compilation, container, repair, sdist: false })
    const folder = await scratchFolder(ports, 'execution')
    await executeWheels(ports, elsewhere, wheels, { ...how, folder, pythons: 'lowest' })
  }
}

/**
 * Returns a package as its sdist has it. Whoever builds an sdist runs no command of slipway.toml before; a container needs it
 * for its system libraries, which the users of an sdist have.
 */
function asSource(planned: PlannedPackage): PlannedPackage {
  const { beforeBuild, ...build } = planned.build ?? {}
  const own = build.container !== undefined && beforeBuild !== undefined ? { ...build, beforeBuild } : build
  return { ...planned, path: '.', build: own }
}

/** Logs which packages are not built here. */
function logPrebuilt({ log }: Ports, plan: Plan): void {
  for (const { name, prebuilt } of publishedPackages(plan)) {
    if (prebuilt) log.info(`Not built: ${name}, because another job builds ${prebuilt.join(', ')}.`)
  }
}

/** Returns the name of a job's upload. */
function uploadName({ packages = [], targets = [], interpreters = [] }: BuildDistributionsOptions): string {
  return buildUpload(...(packages.length === 0 ? ['all'] : packages), ...targets, ...interpreters)
}
