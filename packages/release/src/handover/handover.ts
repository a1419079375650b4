import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describeFile, measureFile } from '@slipway/artifacts/artifact'
import { MANIFEST_FILE, readManifest } from '@slipway/artifacts/manifest'
import type { Artifact } from '@slipway/core/artifact'
import type { ArtifactStore } from '@slipway/core/artifact-store'
import { PLAN_SCHEMA, type Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import type { Upload } from '../job/choices.ts'
import { hasSeveralJobs } from './workflow-jobs.ts'

/** Artifact name of an assembled release. */
export const RELEASE_UPLOAD = 'slipway-release'

/** Prefix of the artifact names of a release's parts. */
export const BUILD_PREFIX = 'slipway-build-'

/** File of a release's plan, beside its manifest. */
export const PLAN_FILE = 'plan.json'

/** Where a step finds the files of earlier jobs. */
export interface HandoverOptions {
  /** Path of the manifest, absolute; may not exist. */
  manifest: string
  /** Its sha256 in hex, from the output of the job that wrote it; the root of trust between jobs. */
  manifestSha256?: string | undefined
  /** The run's artifacts; null if the runner has no such service. */
  store?: ArtifactStore | null
}

/** Returns the artifact name of one part: the package, the target, and the Python of a wheel for a single Python. */
export function buildUpload(...parts: readonly string[]): string {
  // Artifact names must not contain `"`, `:`, `<`, `>`, `|`, `*`, `?`, `/`, `\` (GitHub's client, "artifact name").
  return (
    BUILD_PREFIX +
    parts
      .filter(Boolean)
      .join('-')
      .replaceAll(/[^\w.+-]/g, '-')
  )
}

/**
 * Uploads the manifest of a folder and every file that it lists for later jobs.
 * @throws ProblemError `no-artifact-store` when the upload is required and the runner has no such service
 */
export async function handOver(
  { env, log }: Pick<Ports, 'env' | 'log'>,
  { upload, store = null }: { upload: Upload; store?: ArtifactStore | null },
  name: string,
  folder: string,
): Promise<void> {
  if (upload === 'false' || (upload === 'auto' && (store === null || !(await hasSeveralJobs(env))))) return
  if (store === null) throw new ProblemError(noStore())
  const artifacts = (await readManifest(folder))?.artifacts ?? []
  const files = await Promise.all(
    artifacts.map(({ kind, path }) => (kind === 'image' ? filesUnder(path) : Promise.resolve([path]))),
  )
  await store.upload(name, folder, [join(folder, MANIFEST_FILE), ...files.flat()])
  log.info(`Uploaded the artifact ${name} for later jobs.`)
}

/** Returns every file under a folder, absolute; none if the folder does not exist. */
export async function filesUnder(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  return found.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
}

/**
 * Provides the manifest of the release at its path: an existing file, else the release that a job of this run uploaded.
 * Without either, the step works from its inputs alone.
 * @throws ProblemError `manifest-not-trusted` when its sha256 is not the expected one, or none is given for a manifest
 * from another job; `manifest-missing` when a sha256 is given and there is no manifest
 */
export async function receiveRelease({ log }: Pick<Ports, 'log'>, options: HandoverOptions): Promise<void> {
  const { manifest, manifestSha256: expected = '', store = null } = options
  const exists = async () => (await readFile(manifest).catch(() => null)) !== null
  const isExpected = async () => (await measureFile(manifest)).sha256 === expected.toLowerCase()
  const hasFile = await exists()
  if (hasFile && (expected === '' || (await isExpected()))) return
  const names = await store?.list().catch((cause: unknown) => {
    // A step that expects a manifest needs it; others work from their inputs.
    if (expected !== '') throw cause
    log.info(`Could not list the artifacts of this run: ${cause instanceof Error ? cause.message : cause}`)
    return [] as string[]
  })
  if (!names?.includes(RELEASE_UPLOAD)) {
    if (expected !== '') throw new ProblemError(hasFile ? wrongManifest(expected) : manifestMissing())
    return
  }
  // Any job of the run can replace an artifact; only an output of the assembling job identifies the right one.
  if (expected === '') throw new ProblemError(sha256Missing())
  // A workspace kept between runs may contain an older release, which this overwrites.
  await store?.download(RELEASE_UPLOAD, dirname(manifest))
  log.info(`Using the release that an earlier job of this run uploaded (${RELEASE_UPLOAD}).`)
  if (!(await exists()) || !(await isExpected())) throw new ProblemError(wrongManifest(expected))
}

/**
 * Reads the plan of an assembled release, so that a later job needs no checkout and repeats no check. Returns null if
 * the manifest lists no plan.
 * @param compare false: do not compare the files, some of which may still be missing
 * @throws ProblemError when a file differs from the manifest, or the plan has an unknown schema
 */
export async function assembledPlan(manifest: string, { compare = true } = {}): Promise<Plan | null> {
  const found = (await readManifest(dirname(manifest), { compare }))?.artifacts.find((each) => each.kind === 'plan')
  if (!found) return null
  const plan = JSON.parse(await readFile(found.path, 'utf8')) as Plan
  if (plan.schema !== PLAN_SCHEMA) throw new ProblemError(unknownPlan(join(dirname(manifest), PLAN_FILE)))
  return plan
}

/** Returns the GitHub assets of an assembled release: every file, and the manifest. Null if none is assembled. */
export async function assembledAssets(manifest: string): Promise<Artifact[] | null> {
  const found = await readManifest(dirname(manifest))
  if (!found?.artifacts.some((each) => each.kind === 'plan')) return null
  const files = found.artifacts.filter((each) => each.kind !== 'image')
  return [...files, await describeFile('asset', MANIFEST_FILE, found.version, manifest)]
}

const PASS_SHA256 = 'Pass the output `manifest-sha256` of the job that assembled the release.'

function sha256Missing(): Problem {
  const message = `The release in ${RELEASE_UPLOAD} comes from another job, but its sha256 is not given, so it cannot be trusted.`
  return error('manifest-not-trusted', message, PASS_SHA256)
}

function wrongManifest(expected: string): Problem {
  const message = `The sha256 of ${MANIFEST_FILE} is not the given ${expected.slice(0, 12)}…, so its files cannot be trusted.`
  return error('manifest-not-trusted', message, PASS_SHA256)
}

function manifestMissing(): Problem {
  const message =
    'The sha256 of a manifest is given, but neither a file nor an artifact of this run provides the manifest.'
  const hint =
    'Run the job that assembles the release before this one; "re-run all jobs" keeps no artifact of an earlier attempt.'
  return error('manifest-missing', message, hint)
}

function unknownPlan(file: string): Problem {
  const message = `${file} is not a plan of schema ${PLAN_SCHEMA}.`
  return error('plan-unreadable', message, 'Use the same version of Slipway in all jobs of a release.')
}

function noStore(): Problem {
  const message = '`upload` is true, but this runner has no artifact service.'
  return error('no-artifact-store', message, 'Set `upload` to false, and pass the files to later jobs in another way.')
}
