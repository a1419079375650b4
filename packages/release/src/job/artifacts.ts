import { dirname, join } from 'node:path'
import { readManifest, requireRelease } from '@slipway/artifacts/manifest'
import type { Artifact } from '@slipway/core/artifact'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { ProblemError } from '@slipway/core/problem'
import { sameVersion } from '@slipway/core/python/version'
import { distributionsIn } from '../build/distributions.ts'
import { cratesIoNames } from '../plan/crates-io.ts'
import type { JobOptions } from './options.ts'
import { scratchFolder } from './scratch.ts'

/**
 * Reads the artifacts in a manifest; null if it does not exist.
 * @throws ProblemError when it belongs to another release, or a file differs from it
 */
export async function manifestArtifacts(plan: Plan, file: string): Promise<Artifact[] | null> {
  const folder = dirname(file)
  const manifest = await readManifest(folder)
  if (!manifest) return null
  requireRelease(manifest, plan, folder)
  return manifest.artifacts
}

/**
 * Completes a step's own artifacts to the whole release, as far as known: those of the manifest, else the plan's
 * distributions in its folder, and the crates, which are packaged (not built) for their hashes. Logs why crates are
 * missing.
 */
export async function wholeRelease(
  ports: Ports,
  plan: Plan,
  { dir, manifest }: Pick<JobOptions, 'dir' | 'manifest'>,
  own: readonly Artifact[],
): Promise<Artifact[]> {
  const listed = (await manifestArtifacts(plan, manifest)) ?? (await plannedDistributions(plan, dirname(manifest)))
  const others = listed.filter((each) => !own.some((one) => one.filename === each.filename))
  const known = [...own, ...others]
  const names = cratesIoNames(plan).filter(
    (name) => !known.some((each) => each.kind === 'crate' && each.project === name),
  )
  if (names.length === 0) return known
  const out = await scratchFolder(ports, 'crates')
  // Loads the project's reading and the toolchain, which a step with an assembled release does not need.
  const { buildCrates } = await import('../build/build.ts')
  try {
    const crates = await buildCrates(ports, { dir, plan, out, targetDir: join(out, 'target'), verify: false })
    return [...known, ...crates.filter((each) => names.includes(each.project))]
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause
    const why = cause.problems[0]?.message.split('\n', 1)[0] ?? ''
    ports.log.info(`Not compared with crates.io: ${names.join(', ')}, because packaging failed (${why})`)
    return known
  }
}

/** Returns the distributions in a folder that match a package and version of the plan. */
async function plannedDistributions(plan: Plan, folder: string): Promise<Artifact[]> {
  const packages = publishedPackages(plan)
  const found = await distributionsIn(folder).catch((cause: unknown) => {
    // The publishing job reports the problem.
    if (cause instanceof ProblemError) return []
    throw cause
  })
  return found.filter(({ project, version }) => {
    return packages.some(
      (each) => normalizeName(each.name) === normalizeName(project) && sameVersion(each.version, version),
    )
  })
}
