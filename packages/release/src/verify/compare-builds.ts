import { basename, dirname } from 'node:path'
import { differencesOf } from '@slipway/artifacts/differences'
import { readManifest, requireRelease } from '@slipway/artifacts/manifest'
import type { Artifact, Manifest } from '@slipway/core/artifact'
import { few } from '@slipway/core/counted'
import { error, type Problem, ProblemError, type Severity } from '@slipway/core/problem'

/** A file of two builds of one commit. */
export interface ComparedFile {
  filename: string
  sha256: string
  /** Where the other build's file differs; empty if the bytes are the same. */
  differences: string[]
}

/**
 * Compares every file of a build with the file of the same name in another build of the same commit.
 * @param first path of its manifest, absolute; beside it are its files
 * @param second path of the other build's manifest, which may list more files
 * @throws ProblemError `manifest-missing`, `manifest-of-other-release`, `artifact-differs`, `build-file-missing`
 */
export async function compareBuilds(first: string, second: string): Promise<ComparedFile[]> {
  const [own, other] = await Promise.all([manifestAt(first), manifestAt(second)])
  requireRelease(other, own, dirname(second))
  const known = new Map(other.artifacts.map((each) => [each.filename, each]))
  const missing = own.artifacts.filter((each) => !known.has(each.filename)).map((each) => each.filename)
  if (missing.length > 0) throw new ProblemError(fileMissing(missing, second))
  const compared: ComparedFile[] = []
  // One pair at a time, since sdists and crates are in memory.
  for (const each of own.artifacts) {
    const { filename, sha256 } = each
    compared.push({ filename, sha256, differences: await differences(each, known.get(filename) as Artifact) })
  }
  return compared
}

/** Returns a problem for each file that differs. */
export function notReproducible(compared: readonly ComparedFile[], severity: Severity): Problem[] {
  const differing = compared.filter((each) => each.differences.length > 0)
  return differing.map(({ filename, differences }) => {
    const message = `${filename} differs between the two builds: ${few(differences)}.`
    const hint =
      'Make the build depend on the commit alone: not on times (SOURCE_DATE_EPOCH), folders, users, or the order of files.'
    return { ...error('build-not-reproducible', message, hint), severity }
  })
}

async function manifestAt(file: string): Promise<Manifest> {
  const manifest = await readManifest(dirname(file))
  if (manifest && manifest.artifacts.length > 0) return manifest
  const message = `There is no ${basename(file)} with files in ${basename(dirname(file))}, so there is nothing to compare.`
  throw new ProblemError(
    error('manifest-missing', message, 'Download what build-wheels made, with its manifest, before this step.'),
  )
}

function fileMissing(names: readonly string[], second: string): Problem {
  const message = `The other build (${basename(dirname(second))}) has no ${few(names)}, so these cannot be compared.`
  return error('build-file-missing', message, 'Build both with the same inputs: packages, targets and Pythons.')
}

async function differences(own: Artifact, other: Artifact): Promise<string[]> {
  if (own.sha256 === other.sha256) return []
  if (own.kind === 'image') return ['its digest']
  try {
    return await differencesOf(own.path, other.path)
  } catch (cause) {
    return [`its bytes (it cannot be read as an archive: ${cause instanceof Error ? cause.message : cause})`]
  }
}
