import { stat } from 'node:fs/promises'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { planProject } from '@slipway/project/plan'
import { commitOf } from '@slipway/toolchain/git'

/**
 * Plans the release of the project in a folder: what its files say, and the commit that they are at.
 * @param tag the tag that is released; without it, the one that the version makes
 * @throws ProblemError when there is no such folder; what is wrong with the project is in the plan
 */
export async function planRelease(
  ports: Ports,
  dir: string,
  { tag }: { tag?: string | undefined } = {},
): Promise<Plan> {
  await requireFolder(dir)
  const at = await commitOf(ports, dir)
  return planProject(dir, { ...(tag !== undefined && { tag }), ...(at && { commit: at.commit }) })
}

/** The tag whose push started the workflow (GitHub, default environment variables); undefined for any other event. */
export function tagOfRun(env: Ports['env']): string | undefined {
  return env.GITHUB_REF_TYPE === 'tag' ? env.GITHUB_REF_NAME : undefined
}

/**
 * Makes sure that a project's folder is there.
 * @throws ProblemError `no-such-folder`
 */
export async function requireFolder(dir: string): Promise<void> {
  if ((await stat(dir).catch(() => null))?.isDirectory()) return
  throw new ProblemError(error('no-such-folder', `There is no folder ${dir}.`, 'Name the folder of a project.'))
}
