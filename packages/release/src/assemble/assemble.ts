import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describeFile, measureFile } from '@slipway/artifacts/artifact'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import { MANIFEST_FILE, writeManifest } from '@slipway/artifacts/manifest'
import { type MissingWheels, missingWheels } from '@slipway/artifacts/wheel-set'
import { type Artifact, manifestOf } from '@slipway/core/artifact'
import { earlyImages } from '@slipway/core/image-build'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, type Problem, ProblemError } from '@slipway/core/problem'
import { archiveSources } from '@slipway/toolchain/git'
import { buildCrates } from '../build/build.ts'
import { planHere } from '../build/rehearsed.ts'
import { collectBuilds, copyTo } from '../handover/builds.ts'
import { BUILD_PREFIX, handOver, PLAN_FILE, RELEASE_UPLOAD } from '../handover/handover.ts'
import { downloadPrebuilt, type PrebuiltDownload, prebuiltFiles, requirePrebuiltGlobs } from '../handover/prebuilt.ts'
import type { ADOPT, Upload } from '../job/choices.ts'
import type { JobOptions } from '../job/options.ts'
import { packaging, planOfCheckout } from '../job/plan.ts'
import { scratchFolder } from '../job/scratch.ts'
import { type Job, startJob } from '../job/start.ts'
import { cratesIoNames } from '../plan/crates-io.ts'
import { namedCrates, type Selection, selected } from '../plan/select.ts'
import { adoptPublished } from './adopt.ts'

/** Options of assembling a release from its parts. */
export interface AssembleOptions extends Omit<JobOptions, 'manifest' | 'manifestSha256'>, PrebuiltDownload {
  /** Folder of the built parts, absolute, searched recursively; default: the uploads of this run's jobs. */
  builds?: string | undefined
  /** Folder for the whole release, absolute. */
  out: string
  /** How to treat a missing wheel. */
  missingWheels: MissingWheels
  /** The parts of the project to release. */
  selection: Selection
  /** Whether to release PyPI's files from this commit instead of rebuilt ones. */
  adopt: (typeof ADOPT)[number]
  /** Patterns of prebuilt wheels and sdists that replace the setting; empty to keep it. */
  prebuilt?: readonly string[]
  upload: Upload
}

/** A job that assembles a release, and the sha256 of its manifest once written. */
export interface AssembleJob extends Job {
  manifestSha256(): string
}

/**
 * Assembles a release: the artifacts of other jobs, the crates (packaged, not built: the gate has verified them), the
 * sources and the plan, all listed in one manifest. A missing part stops it.
 * @throws ProblemError
 */
export function assembleRelease(ports: Ports, options: AssembleOptions): AssembleJob {
  const { dir, out, selection } = options
  const manifest = join(out, MANIFEST_FILE)
  const site = {
    async plan(run: { plan: Plan }) {
      requirePrebuiltGlobs(options.prebuilt ?? [])
      // Never reuse an earlier attempt's plan: later jobs receive what this job assembles.
      run.plan = selected(
        await planOfCheckout(ports, options, {
          ...packaging(ports, namedCrates(selection)),
          prebuilt: options.prebuilt,
        }),
        selection,
      )
    },
    async build(run: { plan: Plan; artifacts: readonly Artifact[] }) {
      // First, while the checkout is clean: cargo packages any file that git does not ignore.
      const packaged = await packagedCrates(ports, run.plan, options)
      const images = earlyImages(run.plan)
      const kinds = ['wheel', 'sdist', ...(images.length > 0 ? (['image'] as const) : [])] as const
      const prebuilt = await prebuiltFiles(run.plan, { dir, downloads: await downloadPrebuilt(ports, options) })
      failOnErrors(prebuilt.missing)
      const built = await collectBuilds(ports, run.plan, { ...options, kinds, prebuilt: prebuilt.artifacts })
      const isBuilt = publishedPackages(run.plan).length > 0 || images.length > 0
      if (isBuilt && built.length === 0) throw new ProblemError(nothingBuilt(options.builds))
      const crates = await Promise.all(packaged.map((each) => copyTo(each, out)))
      const sources = await archiveSources(ports, dir, run.plan, out)
      const others = sources === null ? [] : [await describeFile('asset', basename(sources), run.plan.version, sources)]
      const own = options.adopt === 'published' ? await adoptPublished(ports, run.plan, built) : built
      run.artifacts = [...crates, ...own, ...others]
    },
    async inspect({ plan, artifacts }: { plan: Plan; artifacts: readonly Artifact[] }) {
      const missing = missingParts(await planHere(ports, dir, plan), artifacts, options)
      failOnErrors([...(await inspectArtifacts(artifacts, plan)), ...missing], ports.log)
    },
    async assemble(run: { plan: Plan; artifacts: readonly Artifact[] }) {
      const { plan } = run
      const file = join(out, PLAN_FILE)
      await writeFile(file, `${JSON.stringify(plan, null, 2)}\n`)
      run.artifacts = [...run.artifacts, await describeFile('plan', PLAN_FILE, plan.version, file)]
      await writeManifest(out, manifestOf(plan, run.artifacts))
      await handOver(ports, options, RELEASE_UPLOAD, out)
    },
  }
  const job = startJob(
    ports,
    { ...options, manifest },
    { steps: ['plan', 'build', 'inspect', 'assemble'], own: [], site },
  )
  let sha256 = ''
  const go = async () => {
    await job.go()
    sha256 = (await measureFile(manifest)).sha256
  }
  return { ...job, go, manifestSha256: () => sha256 }
}

/** Packages the crates from the checkout, ignoring files of that name from other jobs. */
async function packagedCrates(ports: Ports, plan: Plan, { dir }: AssembleOptions): Promise<Artifact[]> {
  if (cratesIoNames(plan).length === 0) return []
  const scratch = await scratchFolder(ports, 'crates')
  return buildCrates(ports, { dir, plan, out: scratch, targetDir: join(scratch, 'target'), verify: false })
}

/** Returns a problem for each planned artifact that no job built. */
function missingParts(plan: Plan, artifacts: readonly Artifact[], options: AssembleOptions): Problem[] {
  const names = artifacts.map((each) => each.filename)
  const problems = missingWheels(plan, names, options.missingWheels)
  for (const { name } of publishedPackages(plan)) {
    if (!plan.matrix.some((each) => each.package === name)) continue
    const own = artifacts.filter((each) => normalizeName(each.project) === normalizeName(name))
    const kinds = own.map((each) => each.kind)
    if (!kinds.includes('wheel')) problems.push(partMissing(`wheel of ${name}`, 'Build it in a job before this one.'))
    if (!kinds.includes('sdist')) {
      problems.push(partMissing(`sdist of ${name}`, 'Build it in the matrix job whose `sdist` is true.'))
    }
  }
  for (const { project } of earlyImages(plan)) {
    if (artifacts.some((each) => each.kind === 'image' && each.project === project)) continue
    const hint =
      'Build it before this job with push-image, `push: false` and the same `images`; or set `images` to `off` to release without it.'
    problems.push(partMissing(`image ${project}`, hint))
  }
  return problems
}

function partMissing(what: string, hint: string): Problem {
  return error('part-missing', `No job built the ${what}, so it is missing in the release.`, hint)
}

function nothingBuilt(builds: string | undefined): Problem {
  const where = builds === undefined ? `This run has no artifact ${BUILD_PREFIX}…` : `${builds} has no ${MANIFEST_FILE}`
  const hint =
    'Build first: in a workflow with several jobs, build-wheels uploads its files. On a runner without artifacts, pass their folder as `builds`.'
  return error('nothing-built', `${where}, so there is nothing to release.`, hint)
}
