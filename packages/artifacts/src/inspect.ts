import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import type { Artifact } from '@slipway/core/artifact'
import { normalizeName } from '@slipway/core/name'
import type { Plan, PlannedPackage } from '@slipway/core/plan'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import type { CoreMetadata } from '@slipway/core/python/metadata/fields'
import { metadataFaults } from '@slipway/core/python/metadata/metadata-faults'
import { readCrate } from './crate.ts'
import { filenameProblems, plannedProblems } from './identity.ts'
import { refusedFor } from './refused.ts'
import { metadataDifferences, type ReleaseFile } from './release-metadata.ts'
import { readSdist } from './sdist.ts'
import { SDIST_CHECKS } from './sdist-checks.ts'
import { readWheel } from './wheel.ts'
import { WHEEL_CHECKS } from './wheel-checks.ts'

/** The part of a plan that files are compared with. */
export type Planned = Pick<Plan, 'crates' | 'packages'>

/** Checks the metadata of a wheel or sdist, which is in one of its files. */
async function metadataProblems(
  filename: string,
  metadata: CoreMetadata,
  files: ReadonlyMap<string, Uint8Array>,
  path: string,
): Promise<Problem[]> {
  if (!isUtf8(files.get(path) ?? new Uint8Array())) {
    const why = `its metadata, ${path}, is not UTF-8`
    return [
      refusedFor(filename, { code: 'metadata-not-utf8', why, hint: 'Save pyproject.toml and the readme as UTF-8.' }),
    ]
  }
  return (await metadataFaults(metadata)).map((each) => refusedFor(filename, each))
}

/** What the inspection of one file found, and its metadata to compare with that of others; none of a crate. */
interface Inspected {
  problems: Problem[]
  file: ReleaseFile | null
}

async function inspectCrate({ filename, path, project, version }: Artifact, plan: Planned | null): Promise<Inspected> {
  const { folders } = readCrate(await readFile(path), filename)
  const folder = `${project}-${version}`
  const problems: Problem[] = []
  if (folders.length !== 1 || folders[0] !== folder || filename !== `${folder}.crate`) {
    const message = `${filename} has ${folders.join(', ')} at its top, but crates.io requires ${folder}.`
    problems.push(error('crate-layout', message, 'Build it with `cargo package`, and do not rename it.'))
  }
  if (
    plan &&
    !plan.crates.some((each) => each.name === project && each.version === version && each.publish !== false)
  ) {
    const message = `${filename} is not a crate that the plan publishes.`
    problems.push(error('artifact-not-planned', message, 'Remove the file, or allow publishing in its Cargo.toml.'))
  }
  return { problems, file: null }
}

function plannedAs(distribution: string, plan: Planned | null): PlannedPackage | undefined {
  return plan?.packages.find((each) => normalizeName(each.name) === normalizeName(distribution))
}

async function inspectSdist({ filename, path }: Artifact, plan: Planned | null): Promise<Inspected> {
  const sdist = await readSdist(path)
  const named = { filename, ...sdist }
  const problems = [
    ...filenameProblems(named),
    ...(plan ? plannedProblems(named, plannedAs(sdist.distribution, plan)) : []),
    ...SDIST_CHECKS.flatMap((check) => check({ name: filename, sdist })),
    ...(await metadataProblems(filename, sdist.metadata, sdist.files, `${sdist.folders[0]}/PKG-INFO`)),
  ]
  return { problems, file: { filename, isWheel: false, metadata: sdist.metadata } }
}

async function inspectWheel({ filename, path }: Artifact, plan: Planned | null): Promise<Inspected> {
  const wheel = await readWheel(path)
  const { distribution, version } = wheel.filename
  const named = { filename, distribution, version, metadata: wheel.metadata }
  const planned = plannedAs(distribution, plan)
  const checked = { name: filename, wheel, planned: planned ?? null }
  const problems = [
    ...filenameProblems(named),
    ...(plan ? plannedProblems(named, planned) : []),
    ...WHEEL_CHECKS.flatMap((check) => check(checked)),
    ...(await metadataProblems(filename, wheel.metadata, wheel.texts, `${wheel.distInfo}/METADATA`)),
  ]
  return { problems, file: { filename, isWheel: true, metadata: wheel.metadata } }
}

async function inspect(artifact: Artifact, plan: Planned | null): Promise<Inspected> {
  switch (artifact.kind) {
    case 'wheel':
      return inspectWheel(artifact, plan)
    case 'sdist':
      return inspectSdist(artifact, plan)
    case 'crate':
      return inspectCrate(artifact, plan)
    default:
      return { problems: [], file: null }
  }
}

/**
 * Checks built artifacts as `inspectArtifacts` does.
 * @returns the problems of each artifact, in the artifacts' order; one between two files is a problem of the later
 */
export async function inspectEach(artifacts: readonly Artifact[], plan: Planned | null): Promise<Problem[][]> {
  const all: Inspected[] = []
  // One after another, because an sdist or a crate is unpacked in memory.
  for (const artifact of artifacts) {
    try {
      all.push(await inspect(artifact, plan))
    } catch (cause) {
      if (!(cause instanceof ProblemError)) throw cause
      all.push({ problems: [...cause.problems], file: null })
    }
  }
  const differences = metadataDifferences(all.flatMap(({ file }) => file ?? []))
  return all.map(({ problems, file }) => [
    ...problems,
    ...differences.filter((each) => each.file === file).map((each) => each.problem),
  ])
}

/**
 * Checks built artifacts for faults that a registry would refuse, or a user would run into, before anything is uploaded.
 * Without a plan, it only checks that each file agrees with itself and with the others.
 * @returns all problems, in the artifacts' order
 * @throws Error when a file cannot be read at all
 */
export async function inspectArtifacts(artifacts: readonly Artifact[], plan: Planned | null): Promise<Problem[]> {
  return (await inspectEach(artifacts, plan)).flat()
}
