import { inspectArtifacts } from '@slipway/artifacts/inspect'
import type { Artifact } from '@slipway/core/artifact'
import type { Ports } from '@slipway/core/ports'
import { failOnErrors } from '@slipway/core/problem'
import { commitOf } from '@slipway/toolchain/git'
import { findRust } from '@slipway/toolchain/rust'
import { buildPackages, type WheelOptions } from './build.ts'
import { planRelease } from './plan.ts'

/**
 * Builds the wheel for this machine and the sdist of every maturin package of a project, and inspects them.
 * Their time is the commit's, or SOURCE_DATE_EPOCH where that is set (reproducible-builds.org's specification).
 * @throws ProblemError
 */
export async function buildDistributions(
  ports: Ports,
  options: Pick<WheelOptions, 'dir' | 'out' | 'compatibility' | 'zig'>,
): Promise<Artifact[]> {
  const plan = await planRelease(ports, options.dir)
  failOnErrors(plan.problems)
  await findRust(ports, options.dir)
  const epoch = ports.env.SOURCE_DATE_EPOCH ?? (await commitOf(ports, options.dir))?.epochSeconds ?? EARLIEST_ZIP
  const built = await buildPackages(ports, { ...options, plan, targetDir: null, sourceDateEpoch: Number(epoch) })
  failOnErrors(await inspectArtifacts(built, plan))
  return built
}

/** 1980-01-01, the earliest time that a zip can tell; for sources outside a repository. */
const EARLIEST_ZIP = 315532800
