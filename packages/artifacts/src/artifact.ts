import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import path from 'node:path'
import type { Artifact, ArtifactKind } from '@slipway/core/artifact'

/** Bytes of a file that are in memory while it is measured. */
const PIECE = 2 ** 20

/** Returns the size and sha256 (lower-case hex) of a file. @throws Error when it cannot be read */
export async function measureFile(file: string): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  // A stream takes a new buffer for each piece, which costs more than the hash.
  const buffer = Buffer.allocUnsafe(PIECE)
  const opened = await open(file)
  try {
    for (;;) {
      const { bytesRead } = await opened.read(buffer, 0, PIECE)
      if (bytesRead === 0) return { size, sha256: hash.digest('hex') }
      hash.update(buffer.subarray(0, bytesRead))
      size += bytesRead
    }
  } finally {
    await opened.close()
  }
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
