import type { Artifact } from '@slipway/core/artifact'
import type { Probe } from '@slipway/core/publisher'
import { parseWheelFilename } from '@slipway/core/python/filename'
import type { IndexedFile } from './client.ts'
import { lastRelease } from './last-release.ts'

/**
 * Returns the size of the file that a wheel or sdist follows: in the newest stable release before it, the sdist, or the
 * wheel that shares a tag with it. Undefined without one, or if the index does not report sizes.
 * @param files of the project in an index
 */
export function sizeBefore(
  { kind, project, version, filename }: Artifact,
  files: readonly IndexedFile[],
): Probe['before'] {
  const last = lastRelease(project, version, files)
  const tags = parseWheelFilename(filename)?.tags ?? []
  const found = last?.files.find((each) => {
    const wheel = parseWheelFilename(each.filename)
    return wheel ? wheel.tags.some((tag) => tags.includes(tag)) : kind === 'sdist'
  })
  return last && found?.size !== undefined ? { version: last.version, size: found.size } : undefined
}
