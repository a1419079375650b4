// What a job can check before it loads the code of its work. Loads next to nothing itself.
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { nothingToRelease } from '@slipway/plan/no-project'

/**
 * Checks that a project's folder exists.
 * @throws ProblemError `no-such-folder`
 */
export async function requireFolder(dir: string): Promise<void> {
  if ((await stat(dir).catch(() => null))?.isDirectory()) return
  throw new ProblemError(error('no-such-folder', `The folder ${dir} does not exist.`, 'Pass the folder of a project.'))
}

/**
 * Checks that there is something in a project's folder: a job without a checkout has an empty one.
 * @throws ProblemError `no-such-folder`, `no-project`
 */
export async function requireProject({ path }: { path: string }): Promise<void> {
  const dir = resolve(path)
  await requireFolder(dir)
  if ((await readdir(dir)).length === 0) throw new ProblemError(nothingToRelease({ crates: [], packages: [] }))
}

/**
 * Checks like `requireProject`, unless an earlier step or job may have left a release.
 * @throws ProblemError `no-such-folder`, `no-project`
 */
export async function requireProjectOrRelease(
  inputs: { path: string; manifest: string; manifestSha256?: string | undefined },
  env: Ports['env'],
): Promise<void> {
  const mayReceive = Boolean(env.ACTIONS_RUNTIME_TOKEN || inputs.manifestSha256) || existsSync(inputs.manifest)
  if (!mayReceive) await requireProject(inputs)
}
