import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Prefix of temporary folders, which a killed run may leave behind. */
export const SCRATCH = 'tmp-'

/** Retries, because a child that outlives its killed parent may still write to the folder. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const

/** Runs `act` with a new folder under `parent`, then removes the folder unless it was moved away. */
export async function inScratch<T>(parent: string, act: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(parent, SCRATCH))
  try {
    return await act(folder)
  } finally {
    await rm(folder, REMOVAL)
  }
}

/** Removes the temporary folders of killed runs under `parent`, which must not be in use. */
export async function sweepScratch(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (name.startsWith(SCRATCH)) await rm(join(parent, name), REMOVAL)
  }
}
