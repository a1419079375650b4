import { copyFile, cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describeFile, measureFile } from '@slipway/artifacts/artifact'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import { MANIFEST_FILE, readManifest, requireRelease, writeManifest } from '@slipway/artifacts/manifest'
import { type MissingWheels, missingWheels } from '@slipway/artifacts/wheel-set'
import { type Artifact, manifestOf } from '@slipway/core/artifact'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, type Problem, ProblemError } from '@slipway/core/problem'
import { archiveSources } from '@slipway/toolchain/git'
import { buildCrates, publishedCrates } from './build.ts'
import { BUILD_PREFIX, filesUnder, handOver, PLAN_FILE, RELEASE_UPLOAD, type Upload } from './handover.ts'
import { type Job, type JobOptions, scratchFolder, startJob } from './job.ts'
import { planRelease, tagOfRun } from './plan.ts'

/** How the parts of a release are put together. */
export interface AssembleOptions extends Omit<JobOptions, 'manifest' | 'manifestSha256'> {
  /** Folder of the built parts, absolute, looked through to its ends; without it, what this run's jobs uploaded. */
  builds?: string | undefined
  /** Folder for the whole release, absolute. */
  out: string
  /** What a missing wheel means. */
  missingWheels: MissingWheels
  /** Whether the release has the plan's images. */
  images: boolean
  /** Extension crates to publish all the same, by name. */
  crates: readonly string[]
  upload: Upload
}

/** A job that assembles a release, and the sha256 of its manifest once that is written. */
export interface AssembleJob extends Job {
  manifestSha256(): string
}

/**
 * Puts the parts of a release together: what the jobs built, the crates (packaged, not built: the gate has verified
 * them), the sources and the plan, all listed in one manifest. What the plan misses stops it.
 * @throws ProblemError
 */
export function assembleRelease(ports: Ports, options: AssembleOptions): AssembleJob {
  const { dir, out, crates } = options
  const manifest = join(out, MANIFEST_FILE)
  const site = {
    async plan(run: { plan: Plan }) {
      // Never an earlier attempt's: what is assembled here is what later jobs are handed.
      const tag = options.tag ?? tagOfRun(ports.env)
      run.plan = await planRelease(ports, dir, { tag, crates })
      failOnErrors(run.plan.problems)
    },
    async build(run: { plan: Plan; artifacts: readonly Artifact[] }) {
      const built = await collect(ports, run.plan, options)
      const packaged = await missingCrates(ports, run.plan, built, options)
      const sources = await archiveSources(ports, dir, run.plan, out)
      const others = sources === null ? [] : [await describeFile('asset', basename(sources), run.plan.version, sources)]
      run.artifacts = [...packaged, ...built, ...others]
    },
    async inspect({ plan, artifacts }: { plan: Plan; artifacts: readonly Artifact[] }) {
      failOnErrors([...(await inspectArtifacts(artifacts, plan)), ...missing(plan, artifacts, options)], ports.log)
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

/** What was built: the artifacts of every manifest in the parts, copied into the folder of the release. */
async function collect(ports: Ports, plan: Plan, options: AssembleOptions): Promise<Artifact[]> {
  const { builds, out, store, images } = options
  const from = builds ?? (await downloaded(ports, store ?? null))
  const folders = (await filesUnder(from)).filter((each) => basename(each) === MANIFEST_FILE).map(dirname)
  const found: Artifact[] = []
  for (const folder of folders.sort()) {
    const manifest = await readManifest(folder)
    if (!manifest) continue
    requireRelease(manifest, plan, folder)
    found.push(...manifest.artifacts.filter(({ kind }) => kind !== 'plan' && (images || kind !== 'image')))
  }
  if (folders.length === 0) throw new ProblemError(nothingBuilt(builds))
  const parts = new Map<string, Artifact>()
  for (const each of found) {
    const other = parts.get(each.filename)
    if (other && other.sha256 !== each.sha256) throw new ProblemError(builtTwice(each, other))
    parts.set(each.filename, other ?? each)
  }
  // What an earlier attempt left must not become part of this release.
  if (builds === undefined || !`${builds}/`.startsWith(`${out}/`)) await rm(out, { recursive: true, force: true })
  await mkdir(out, { recursive: true })
  return Promise.all([...parts.values()].map((each) => moved(each, out)))
}

/** What this run's jobs uploaded, each part in a folder of its own. */
async function downloaded(ports: Ports, store: AssembleOptions['store'] & (object | null)): Promise<string> {
  const folder = await scratchFolder(ports, 'builds')
  const names = (await store?.list()) ?? []
  for (const name of names.filter((each) => each.startsWith(BUILD_PREFIX)).sort()) {
    await store?.download(name, join(folder, name))
  }
  return folder
}

/** An artifact in the folder of the release. */
async function moved(artifact: Artifact, out: string): Promise<Artifact> {
  const path = artifact.kind === 'image' ? join(out, 'images', artifact.project) : join(out, artifact.filename)
  if (path === artifact.path) return artifact
  if (artifact.kind === 'image') await cp(artifact.path, path, { recursive: true })
  else await copyFile(artifact.path, path)
  return { ...artifact, path }
}

/** The crates that no part has, packaged into the folder of the release. */
async function missingCrates(
  ports: Ports,
  plan: Plan,
  built: readonly Artifact[],
  { dir, out }: AssembleOptions,
): Promise<Artifact[]> {
  const isBuilt = (name: string) => built.some((each) => each.kind === 'crate' && each.project === name)
  const lacking = publishedCrates(plan).filter((name) => !isBuilt(name))
  if (lacking.length === 0) return []
  const scratch = await scratchFolder(ports, 'crates')
  const made = await buildCrates(ports, { dir, plan, out: scratch, targetDir: join(scratch, 'target'), verify: false })
  return Promise.all(made.filter((each) => lacking.includes(each.project)).map((each) => moved(each, out)))
}

/** What the plan has and no part brought. */
function missing(plan: Plan, artifacts: readonly Artifact[], options: AssembleOptions): Problem[] {
  const names = artifacts.map((each) => each.filename)
  const problems = missingWheels(plan, names, options.missingWheels)
  for (const { name } of publishedPackages(plan)) {
    const own = artifacts.filter((each) => normalizeName(each.project) === normalizeName(name))
    const kinds = own.map((each) => each.kind)
    if (!kinds.includes('wheel')) problems.push(partMissing(`wheel of ${name}`, 'Build it in a job before this one.'))
    if (!kinds.includes('sdist')) {
      problems.push(partMissing(`sdist of ${name}`, 'Let the job of the matrix whose `sdist` is true build it.'))
    }
  }
  if (options.images && plan.images.length > 0 && !artifacts.some((each) => each.kind === 'image')) {
    const hint =
      'Build it before this job, by push-image with `push: false`; or set `images` to false to release without it.'
    problems.push(partMissing('image', hint))
  }
  return problems
}

function partMissing(what: string, hint: string): Problem {
  return error('part-missing', `The plan has the ${what}, but no job built it: the release would lack it.`, hint)
}

function nothingBuilt(builds: string | undefined): Problem {
  const where =
    builds === undefined ? `This run has no artifact ${BUILD_PREFIX}…` : `There is no ${MANIFEST_FILE} in ${builds}`
  const hint =
    'Build first: build-wheels uploads what it builds where the workflow has several jobs; on runners without that, give the folder as `builds`.'
  return error('nothing-built', `${where}, so there is nothing to release.`, hint)
}

function builtTwice(a: Artifact, b: Artifact): Problem {
  const message = `Two jobs built ${a.filename} with different bytes (sha256 ${a.sha256.slice(0, 12)} and ${b.sha256.slice(0, 12)}).`
  return error(
    'built-twice',
    message,
    'Let one job build it: each entry of the matrix once, and the sdist in one of them.',
  )
}
