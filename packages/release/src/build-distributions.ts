import { inspectArtifacts } from '@slipway/artifacts/inspect'
import type { Artifact } from '@slipway/core/artifact'
import type { Ports } from '@slipway/core/ports'
import { failOnErrors } from '@slipway/core/problem'
import { buildPackages, type WheelOptions } from './build.ts'
import { planRelease } from './plan.ts'
import { sourceDateEpoch } from './source-date.ts'

/**
 * Builds the wheel for one platform and the sdist of Python packages of a project, and inspects them.
 * Their time is the commit's, or SOURCE_DATE_EPOCH where that is set (reproducible-builds.org's specification).
 * @throws ProblemError
 */
export async function buildDistributions(
  ports: Ports,
  options: Omit<WheelOptions, 'plan' | 'targetDir' | 'sourceDateEpoch'>,
): Promise<Artifact[]> {
  const plan = await planRelease(ports, options.dir)
  failOnErrors(plan.problems)
  const epoch = await sourceDateEpoch(ports, options.dir)
  const built = await buildPackages(ports, { ...options, plan, targetDir: null, sourceDateEpoch: epoch })
  failOnErrors(await inspectArtifacts(built, plan), ports.log)
  return built
}
