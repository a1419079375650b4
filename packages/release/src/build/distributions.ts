import { join } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import { readSdist } from '@slipway/artifacts/sdist'
import { readWheelMetadata } from '@slipway/artifacts/wheel'
import type { Artifact } from '@slipway/core/artifact'
import { namesIn } from '../job/first-checks.ts'

/** Returns whether a file name is that of a wheel or an sdist. */
export function isDistribution(filename: string): boolean {
  return /\.(whl|tar\.gz)$/.test(filename)
}

/** Returns the wheels, then the sdists of a folder, in upload order; none if the folder does not exist. */
export async function distributionsIn(folder: string): Promise<Artifact[]> {
  const files = (await namesIn(folder)).filter(isDistribution).sort()
  // Wheels first: the first file sets the release's metadata, and pip builds from source while only an sdist is there.
  const ordered = [...files.filter((each) => each.endsWith('.whl')), ...files.filter((each) => !each.endsWith('.whl'))]
  const artifacts: Artifact[] = []
  // One at a time: an sdist is in memory while it is read.
  for (const each of ordered) artifacts.push(await describeDistribution(join(folder, each)))
  return artifacts
}

/**
 * Describes a wheel or an sdist by its metadata.
 * @throws ProblemError when it is unreadable
 */
export async function describeDistribution(path: string): Promise<Artifact> {
  const kind = path.endsWith('.whl') ? 'wheel' : 'sdist'
  const { metadata } = kind === 'wheel' ? await readWheelMetadata(path) : await readSdist(path)
  return describeFile(kind, metadata.get('Name') ?? '', metadata.get('Version') ?? '', path)
}
