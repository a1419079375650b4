import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { measureFile } from '@slipway/artifacts/artifact'
import { MANIFEST_FILE, readManifest } from '@slipway/artifacts/manifest'
import type { ArtifactStore } from '@slipway/core/artifact-store'
import { PLAN_SCHEMA, type Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'

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

/**
 * Makes sure that the manifest of the release is where a step looks for it: the file that is there, else what this run's
 * jobs handed over, downloaded beside it. Without either the step works from its inputs alone.
 * @throws ProblemError `manifest-not-trusted` when its sha256 is not the one that was told, or none was told of a
 * manifest that comes from another job; `manifest-missing` when one was told and there is no manifest
 */
export async function receiveRelease({ log }: Pick<Ports, 'log'>, options: HandoverOptions): Promise<void> {
  const { manifest, manifestSha256: told = '', store = null } = options
  if ((await readFile(manifest).catch(() => null)) === null) {
    const isLeft = await store?.list().then(
      (names) => names.includes(RELEASE_UPLOAD),
      (cause) => {
        log.debug(`This run's artifacts cannot be listed: ${cause}`)
        return false
      },
    )
    if (store && isLeft) {
      // Any job of the run can replace an artifact: only an output of the job that made it says which is right.
      if (told === '') throw new ProblemError(notTold())
      await store.download(RELEASE_UPLOAD, dirname(manifest))
      log.info(`Uses the release that an earlier job of this run handed over (${RELEASE_UPLOAD}).`)
    } else if (told !== '') throw new ProblemError(missing())
  }
  if (told !== '' && (await measureFile(manifest)).sha256 !== told.toLowerCase())
    throw new ProblemError(notTrusted(told))
}

/**
 * The plan that a release was built by, where its manifest has one: then no check of it runs again, and no checkout is
 * needed. Null where the manifest has none.
 * @throws ProblemError when a file is not as the manifest says, or the plan is of a form that is not known here
 */
export async function carriedPlan(manifest: string): Promise<Plan | null> {
  const found = (await readManifest(dirname(manifest)))?.artifacts.find((each) => each.kind === 'plan')
  if (!found) return null
  const plan = JSON.parse(await readFile(found.path, 'utf8')) as Plan
  if (plan.schema !== PLAN_SCHEMA) throw new ProblemError(unknownPlan(join(dirname(manifest), PLAN_FILE)))
  return plan
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
