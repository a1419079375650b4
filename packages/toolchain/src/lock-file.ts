import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { isTracked } from './git.ts'

/**
 * Returns `--locked` when the nearest Cargo.lock, in `dir` or above it up to the repository's root, is committed: a build
 * then uses exactly its versions or fails. An uncommitted lock file does not bind the build.
 */
export async function lockedFlag(ports: Ports, dir: string): Promise<['--locked'] | []> {
  for (let folder = dir; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'Cargo.lock')))
      return (await isTracked(ports, folder, 'Cargo.lock')) ? ['--locked'] : []
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return []
  }
}
