import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Lets a tool write into a folder of its own and moves what it wrote: so it is known without reading what it says, and
 * nothing half-made is ever seen.
 * @param out where the files go, absolute; made when it is not there
 * @param write is given the folder, absolute and empty
 * @param expect is given the names, and throws where they are not those expected
 * @returns paths in `out`, in the order of names
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
