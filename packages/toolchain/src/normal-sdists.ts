import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { normalizeSdist } from '@slipway/artifacts/normalize-sdist'

/**
 * Normalises the sdists that a tool wrote into a folder, so that building one commit twice gives one file: the times,
 * owners and modes that backends write vary.
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
