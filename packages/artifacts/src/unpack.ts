import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { ProblemError } from '@slipway/core/problem'
import { unreadable } from './archive.ts'
import type { Sdist } from './sdist.ts'

/** The bit of a mode that lets the owner execute a file. */
const EXECUTABLE = 0o100

/**
 * Unpacks the files of an sdist into an existing folder, as pip does; links and devices are left out.
 * @returns its top folder, absolute if `folder` is
 * @throws ProblemError `sdist-unreadable` when it has several top folders or leads out of them
 */
export async function unpackSdist(sdist: Sdist, folder: string): Promise<string> {
  const { folders, members, distribution, version } = sdist
  const [top = ''] = folders
  const name = `${distribution}-${version}.tar.gz`
  if (folders.length !== 1 || ['', '.', '..'].includes(top)) {
    throw new ProblemError(unreadable('sdist', name, 'it does not have exactly one top folder'))
  }
  for (const { path, type, mode, data } of members) {
    if (type !== '0') continue
    const relative = normalize(path.toString('utf8'))
    if (!relative.startsWith(join(top, '/')))
      throw new ProblemError(unreadable('sdist', name, 'a path leads out of it'))
    const target = join(folder, relative)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, data)
    if (mode & EXECUTABLE) await chmod(target, 0o755)
  }
  return join(folder, top)
}
