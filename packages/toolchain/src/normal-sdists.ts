import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { normalizeSdist } from '@slipway/artifacts/normalize-sdist'

/**
 * Normalizes the sdists in a folder, so that two builds of one commit are equal: backends write varying times, owners
 * and modes.
 * @param time seconds since the epoch
 * @throws ProblemError `sdist-unreadable`
 */
export async function normalizeSdists(folder: string, time: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.tar.gz')) continue
    const file = join(folder, name)
    await writeFile(file, normalizeSdist(name, await readFile(file), time))
  }
}
