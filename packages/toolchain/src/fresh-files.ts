import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Lets a tool write into an empty folder and moves its files to `out`. So Slipway knows the files without parsing the
 * tool's output, and `out` never has an incomplete file.
 * @param out output folder, absolute; created if missing
 * @param write gets the folder, absolute and empty
 * @param expect gets the file names, and throws when they are wrong
 * @returns the paths in `out`, sorted by name
 */
export async function freshFiles(
  out: string,
  write: (folder: string) => Promise<unknown>,
  expect: (names: readonly string[]) => void,
): Promise<string[]> {
  await mkdir(out, { recursive: true })
  const fresh = await mkdtemp(join(out, '.fresh-'))
  try {
    await write(fresh)
    const names = (await readdir(fresh)).sort()
    expect(names)
    for (const name of names) await rename(join(fresh, name), join(out, name))
    return names.map((name) => join(out, name))
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}
