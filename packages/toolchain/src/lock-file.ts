import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { isTracked } from './git.ts'

/**
 * `--locked` where the Cargo.lock of `dir` or of a folder above it, up to the repository's, is committed: then a build
 * uses exactly those versions or fails. A lock file that is not committed is not the project's word.
 */
export async function lockedFlag(ports: Ports, dir: string): Promise<['--locked'] | []> {
  for (let folder = dir; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'Cargo.lock')))
      return (await isTracked(ports, folder, 'Cargo.lock')) ? ['--locked'] : []
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return []
  }
}
