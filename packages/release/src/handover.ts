import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describeFile, measureFile } from '@slipway/artifacts/artifact'
import { MANIFEST_FILE, readManifest } from '@slipway/artifacts/manifest'
import type { Artifact } from '@slipway/core/artifact'
import type { ArtifactStore } from '@slipway/core/artifact-store'
import { PLAN_SCHEMA, type Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { hasSeveralJobs } from './workflow-jobs.ts'

/** Name under which a whole release is handed to later jobs. */
export const RELEASE_UPLOAD = 'slipway-release'

/** What the names of parts of a release begin with. */
export const BUILD_PREFIX = 'slipway-build-'

/** File of the plan that a release was built by, beside its manifest. */
export const PLAN_FILE = 'plan.json'

/** How a step learns what earlier jobs made. */
export interface HandoverOptions {
  /** File of the manifest, absolute; there need be none. */
  manifest: string
  /** Its sha256 in hex, as the job that made it tells; the root of trust between jobs. */
  manifestSha256?: string | undefined
  /** Where earlier jobs left their files; null where there is no such place. */
  store?: ArtifactStore | null
}

/** Name of the upload of one part: of a package for a target, and for one Python where that has a wheel of its own. */
export function buildUpload(...parts: readonly string[]): string {
  // The names of artifacts take no `"`, `:`, `<`, `>`, `|`, `*`, `?`, `/`, `\` (GitHub's client, "artifact name").
  return (
    BUILD_PREFIX +
    parts
      .filter(Boolean)
      .join('-')
      .replaceAll(/[^\w.+-]/g, '-')
  )
}

/** Whether what a job made is left for later ones: `auto` where the workflow has several jobs. */
export const UPLOADS = ['auto', 'true', 'false'] as const
export type Upload = (typeof UPLOADS)[number]

/**
 * Leaves the manifest of a folder and every file that it lists for later jobs.
 * @throws ProblemError `no-artifact-store` where that is asked for and the runner has no such service
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
  log.info(`Later jobs find it in the artifact ${name}.`)
}

/** Every file under a folder, absolute; none where there is no folder. */
export async function filesUnder(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  return found.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
}

/**
 * Makes sure that the manifest of the release is where a step looks for it: the file that is there, else what this run's
 * jobs handed over, downloaded beside it. Without either the step works from its inputs alone.
 * @throws ProblemError `manifest-not-trusted` when its sha256 is not the one that was told, or none was told of a
 * manifest that comes from another job; `manifest-missing` when one was told and there is no manifest
 */
export async function receiveRelease({ log }: Pick<Ports, 'log'>, options: HandoverOptions): Promise<void> {
  const { manifest, manifestSha256: told = '', store = null } = options
  const isThere = async () => (await readFile(manifest).catch(() => null)) !== null
  const isTold = async () => (await measureFile(manifest)).sha256 === told.toLowerCase()
  const hasFile = await isThere()
  if (hasFile && (told === '' || (await isTold()))) return
  const names = await store?.list().catch((cause: unknown) => {
    // Who was told of a manifest needs it; others work from their inputs.
    if (told !== '') throw cause
    log.info(`The artifacts of this run cannot be listed: ${cause instanceof Error ? cause.message : cause}`)
    return [] as string[]
  })
  if (!names?.includes(RELEASE_UPLOAD)) {
    if (told !== '') throw new ProblemError(hasFile ? notTrusted(told) : missing())
    return
  }
  // Any job of the run can replace an artifact: only an output of the job that made it says which is right.
  if (told === '') throw new ProblemError(notTold())
  // Who keeps the workspace between runs has an older release there.
  await store?.download(RELEASE_UPLOAD, dirname(manifest))
  log.info(`Uses the release that an earlier job of this run handed over (${RELEASE_UPLOAD}).`)
  if (!(await isThere()) || !(await isTold())) throw new ProblemError(notTrusted(told))
}

/**
 * The plan that a release was built by, where its manifest has one: then no check of it runs again, and no checkout is
 * needed. Null where the manifest has none.
 * @param compare false: before all of the files are there
 * @throws ProblemError when a file is not as the manifest says, or the plan is of a form that is not known here
 */
export async function carriedPlan(manifest: string, { compare = true } = {}): Promise<Plan | null> {
  const found = (await readManifest(dirname(manifest), { compare }))?.artifacts.find((each) => each.kind === 'plan')
  if (!found) return null
  const plan = JSON.parse(await readFile(found.path, 'utf8')) as Plan
  if (plan.schema !== PLAN_SCHEMA) throw new ProblemError(unknownPlan(join(dirname(manifest), PLAN_FILE)))
  return plan
}

/** What an assembled release puts on its page on GitHub: every file, and the manifest. Null where none is assembled. */
export async function assembledAssets(manifest: string): Promise<Artifact[] | null> {
  const found = await readManifest(dirname(manifest))
  if (!found?.artifacts.some((each) => each.kind === 'plan')) return null
  const files = found.artifacts.filter((each) => each.kind !== 'image')
  return [...files, await describeFile('asset', MANIFEST_FILE, found.version, manifest)]
}

const BUILT_ELSEWHERE = 'Pass the output `manifest-sha256` of the job that assembled the release.'

function notTold(): Problem {
  const message = `The release of ${RELEASE_UPLOAD} comes from another job, and nothing says which manifest is the right one.`
  return error('manifest-not-trusted', message, BUILT_ELSEWHERE)
}

function notTrusted(told: string): Problem {
  const message = `${MANIFEST_FILE} is not the one with the sha256 ${told.slice(0, 12)}… that was told, so its files may be anyone's.`
  return error('manifest-not-trusted', message, BUILT_ELSEWHERE)
}

function missing(): Problem {
  const message =
    'A manifest was told by its sha256, but there is none, neither as a file nor among the artifacts of this run.'
  const hint =
    'Run the job that assembles the release before this one; "re-run all jobs" keeps no artifact of an earlier attempt.'
  return error('manifest-missing', message, hint)
}

function unknownPlan(file: string): Problem {
  const message = `${file} is not a plan of schema ${PLAN_SCHEMA}.`
  return error('plan-unreadable', message, 'Use the same version of Slipway in all jobs of a release.')
}

function noStore(): Problem {
  const message = '`upload` is true, but this runner has no service for artifacts.'
  return error('no-artifact-store', message, 'Set `upload` to false, and bring the files to later jobs in another way.')
}
