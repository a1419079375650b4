import { readFile } from 'node:fs/promises'
import type { Artifact } from '@slipway/core/artifact'
import { normalizeName, wheelName } from '@slipway/core/name'
import type { Plan, PlannedPackage } from '@slipway/core/plan'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { sameVersion } from '@slipway/core/python/version'
import { readCrate } from './crate.ts'
import type { CoreMetadata } from './metadata.ts'
import { readSdist, type Sdist } from './sdist.ts'
import { readWheel } from './wheel.ts'
import { WHEEL_CHECKS } from './wheel-checks.ts'

/** The part of a plan that files are compared with. */
export type Planned = Pick<Plan, 'crates' | 'packages'>

/** Checks that file name, metadata and plan agree on project and version. */
function identity(
  filename: string,
  named: { distribution: string; version: string },
  metadata: CoreMetadata,
  planned: PlannedPackage | null | undefined,
): Problem[] {
  const problems: Problem[] = []
  const name = metadata.get('Name') ?? ''
  const version = metadata.get('Version') ?? ''
  if (named.distribution !== wheelName(name) || !sameVersion(named.version, version)) {
    const message = `${filename} has the metadata of ${name || 'no name'} ${version}, so PyPI refuses it.`
    problems.push(error('metadata-differs-from-filename', message, 'Build it again, and do not rename the file.'))
  }
  // Without a plan there is nothing to compare with.
  if (planned === null) return problems
  if (!planned) {
    const message = `${filename} belongs to no Python package in the plan, so Slipway does not upload it.`
    problems.push(error('artifact-not-planned', message, 'Remove the file, or add its package to the release.'))
  } else if (!sameVersion(named.version, planned.version)) {
    const message = `${filename} has another version than the release, ${planned.version}.`
    problems.push(error('artifact-version-differs', message, 'Empty the output folder and build again.'))
  }
  return problems
}

function sdistLayout(filename: string, sdist: Sdist): Problem[] {
  const folder = `${sdist.distribution}-${sdist.version}`
  const problems: Problem[] = []
  if (sdist.folders.length !== 1) {
    const message = `${filename} has ${sdist.folders.join(', ')} at its top, but PyPI requires only ${folder}.`
    problems.push(error('sdist-layout', message, 'Build it with the build backend, not by hand.'))
  }
  for (const file of sdist.metadata.all('License-File')) {
    if (sdist.files.has(`${folder}/${file}`)) continue
    const message = `${filename} names the license file ${file} but does not contain it, so PyPI refuses it.`
    problems.push(
      error('license-file-missing', message, 'Make the build backend include the files of `license-files`.'),
    )
  }
  return problems
}

async function inspectCrate({ filename, path, project, version }: Artifact, plan: Planned | null): Promise<Problem[]> {
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
  return problems
}

async function inspect(artifact: Artifact, plan: Planned | null): Promise<Problem[]> {
  const { kind, filename, path } = artifact
  if (kind === 'asset' || kind === 'image') return []
  if (kind === 'crate') return inspectCrate(artifact, plan)
  const plannedAs = (name: string) =>
    plan === null ? null : plan.packages.find((each) => normalizeName(each.name) === normalizeName(name))
  if (kind === 'sdist') {
    const sdist = await readSdist(path)
    const planned = plannedAs(sdist.distribution)
    return [...identity(filename, sdist, sdist.metadata, planned), ...sdistLayout(filename, sdist)]
  }
  const wheel = await readWheel(path)
  const planned = plannedAs(wheel.filename.distribution)
  const checked = { name: filename, wheel, planned: planned ?? null }
  return [
    ...identity(filename, wheel.filename, wheel.metadata, planned),
    ...WHEEL_CHECKS.flatMap((check) => check(checked)),
  ]
}

/**
 * Checks built artifacts for faults that a registry would refuse, or a user would run into, before anything is uploaded.
 * Without a plan, it only checks that each file agrees with itself.
 * @returns all problems, in the artifacts' order
 * @throws Error when a file cannot be read at all
 */
export async function inspectArtifacts(artifacts: readonly Artifact[], plan: Planned | null): Promise<Problem[]> {
  const problems: Problem[] = []
  // One after another, because an sdist or a crate is unpacked in memory.
  for (const artifact of artifacts) {
    try {
      problems.push(...(await inspect(artifact, plan)))
    } catch (cause) {
      if (!(cause instanceof ProblemError)) throw cause
      problems.push(...cause.problems)
    }
  }
  return problems
}
