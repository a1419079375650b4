import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import path from 'node:path'
import type { Artifact, ArtifactKind } from '@slipway/core/artifact'

/** Returns the size and sha256 (lower-case hex) of a file. @throws Error when it cannot be read */
export async function measureFile(file: string): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    size += chunk.length
  }
  return { size, sha256: hash.digest('hex') }
}

/** Describes a built file as an artifact. @throws Error when the file cannot be read */
export async function describeFile(
  kind: ArtifactKind,
  project: string,
  version: string,
  file: string,
): Promise<Artifact> {
  const absolute = path.resolve(file)
  return { kind, project, version, filename: path.basename(file), path: absolute, ...(await measureFile(absolute)) }
}
