import { comparePython, isPythonPrerelease, parsePython } from '@slipway/core/python/version'
import type { IndexedFile } from './client.ts'
import { versionOf } from './file-version.ts'

/**
 * Returns the newest stable release before a version, with its files; null for none.
 * @param name of the project
 * @param version PEP 440
 * @param files of the project in an index
 */
export function lastRelease<F extends Pick<IndexedFile, 'filename'>>(
  name: string,
  version: string,
  files: readonly F[],
): { version: string; files: F[] } | null {
  const own = parsePython(version)
  const stable = files.flatMap((file) => {
    const parsed = parsePython(versionOf(file.filename, name) ?? '')
    const isEarlier = parsed && own && !isPythonPrerelease(parsed) && comparePython(parsed, own) < 0
    return isEarlier ? [{ parsed, file }] : []
  })
  const [newest] = [...stable].sort((a, b) => comparePython(b.parsed, a.parsed))
  if (!newest) return null
  const same = stable.filter((each) => comparePython(each.parsed, newest.parsed) === 0)
  return { version: versionOf(newest.file.filename, name) ?? '', files: same.map((each) => each.file) }
}
