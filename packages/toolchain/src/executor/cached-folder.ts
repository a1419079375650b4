import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** The folders that this process makes or has found. */
const folders = new Map<string, Promise<string>>()

/**
 * Returns a folder of a cache, which is made the first time. Its name is unique, and a small pointer file, renamed into place
 * once the folder is complete, leads to it: an interrupted one is never used, and of two that are made at once, one wins.
 * @param cache absolute path, made if missing
 * @param key name of the pointer; another key for other contents
 * @param make fills the new folder; when it throws, the folder is removed
 */
export function cachedFolder(cache: string, key: string, make: (folder: string) => Promise<void>): Promise<string> {
  const pointer = join(cache, `${key}.txt`)
  const folder = folders.get(pointer) ?? findOrMake(cache, key, pointer, make)
  folders.set(pointer, folder)
  // A failure may be the network's, so the next caller tries again.
  folder.catch(() => folders.delete(pointer))
  return folder
}

async function findOrMake(
  cache: string,
  key: string,
  pointer: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const known = basename((await readFile(pointer, 'utf8').catch(() => '')).trim())
  if (known !== '' && (await stat(join(cache, known)).catch(() => null))) return join(cache, known)
  const name = `${key}-${randomUUID().slice(0, 8)}`
  const folder = join(cache, name)
  await mkdir(folder, { recursive: true })
  try {
    await make(folder)
    await writeFile(`${folder}.txt`, name)
    await rename(`${folder}.txt`, pointer)
    return folder
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true })
    throw thrown
  }
}
