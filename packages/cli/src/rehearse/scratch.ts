import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** How the names of folders begin that a killed run may leave behind. */
export const SCRATCH = 'tmp-'

/** A child that outlives its killed parent may still write there. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const

/** Gives `act` a new folder under `parent`, and removes it afterwards unless it was moved away. */
export async function inScratch<T>(parent: string, act: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(parent, SCRATCH))
  try {
    return await act(folder)
  } finally {
    await rm(folder, REMOVAL)
  }
}

/** Removes what runs that were killed left under `parent`; nobody else may be at work there. */
export async function sweepScratch(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (name.startsWith(SCRATCH)) await rm(join(parent, name), REMOVAL)
  }
}
