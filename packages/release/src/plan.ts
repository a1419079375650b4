import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { planProject } from '@slipway/project/plan'
import { commitOf } from '@slipway/toolchain/git'

/**
 * Plans the release of the project in a folder: what its files say, and the commit that they are at.
 * @param tag the tag that is released; without it, the one that the version makes
 * @throws ProblemError when there is no such folder; what is wrong with the project is in the plan
 */
export async function planRelease(ports: Ports, dir: string, { tag }: { tag?: string } = {}): Promise<Plan> {
  const at = await commitOf(ports, dir)
  return planProject(dir, { ...(tag !== undefined && { tag }), commit: at?.commit ?? null })
}
