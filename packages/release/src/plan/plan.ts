import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { requireFolder } from '../job/first-checks.ts'
import type { PlanReleaseOptions } from './options.ts'

/**
 * Plans the release of the project in a folder, from its files, its commit and, if requested, queries to the
 * destinations.
 * @throws ProblemError when the folder does not exist, and, for a workflow step, when git refuses to read the
 * repository; problems of the project are in the plan
 */
export async function planRelease(ports: Ports, dir: string, options: PlanReleaseOptions = {}): Promise<Plan> {
  await requireFolder(dir)
  return (await import('./project-plan.ts')).planProject(ports, dir, options)
}

/** Returns the tag that the workflow runs on (GitHub, default environment variables); undefined if it runs on none. */
export function tagOfRun(env: Ports['env']): string | undefined {
  return env.GITHUB_REF_TYPE === 'tag' ? env.GITHUB_REF_NAME : undefined
}
