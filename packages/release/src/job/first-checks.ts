// What a job can check before it loads the code of its work. Loads next to nothing itself.
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { nothingToRelease } from '@slipway/plan/no-project'

/**
 * Checks that a project's folder exists.
 * @throws ProblemError `no-such-folder`
 */
export async function requireFolder(path: string): Promise<void> {
  const dir = resolve(path)
  if ((await stat(dir).catch(() => null))?.isDirectory()) return
  throw new ProblemError(error('no-such-folder', `The folder ${dir} does not exist.`, 'Pass the folder of a project.'))
}

/**
 * Checks that there is something in a project's folder: a job without a checkout has an empty one.
 * @throws ProblemError `no-such-folder`, `no-project`
 */
export async function requireProject({ path }: { path: string }): Promise<void> {
  await requireFolder(path)
  if ((await namesIn(path)).length === 0) throw new ProblemError(nothingToRelease({ crates: [], packages: [] }))
}

/** The inputs of a job that may work on the release of an earlier step or job. */
interface ReleaseInputs {
  manifest: string
  manifestSha256?: string | undefined
}

/** Returns whether an earlier step or job may have left a release. */
function mayReceive({ manifest, manifestSha256 }: ReleaseInputs, env: Ports['env']): boolean {
  return Boolean(env.ACTIONS_RUNTIME_TOKEN || manifestSha256) || existsSync(manifest)
}

/**
 * Checks like `requireProject`, unless an earlier step or job may have left a release.
 * @throws ProblemError `no-such-folder`, `no-project`
 */
export async function requireProjectOrRelease(
  inputs: ReleaseInputs & { path: string },
  env: Ports['env'],
): Promise<void> {
  if (!mayReceive(inputs, env)) await requireProject(inputs)
}

/**
 * Checks that there is something in the folder to upload from, unless an earlier step or job may have left a release.
 * @throws ProblemError `no-distributions`
 */
export async function requireDistributions(
  inputs: ReleaseInputs & { packagesDir?: string | undefined },
  env: Ports['env'],
): Promise<void> {
  const folder = resolve(inputs.packagesDir ?? dirname(inputs.manifest))
  if (!mayReceive(inputs, env) && (await namesIn(folder)).length === 0) throw new ProblemError(noDistributions(folder))
}

/** Returns the names of the files and folders in a folder; none if it does not exist. */
export function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause
    return []
  })
}

/** Makes the problem of a folder without wheels and sdists. */
export function noDistributions(folder: string): Problem {
  return error(
    'no-distributions',
    `${basename(folder)} has no wheel and no sdist, so there is nothing to upload.`,
    'Download the built artifacts to `packages-dir` before this step; in a cargo workspace, builds write to the target folder of the workspace.',
  )
}
