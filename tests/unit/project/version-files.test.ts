import { expect, test } from '@jest/globals'
import { Folder } from '@slipway/documents/folder'
import { DEFAULT_SETTINGS } from '@slipway/project/settings/read'
import { versionsInFiles } from '@slipway/project/version-files'
import { plant } from '../trees.ts'

test.each([
  ['v{version}', 'v1.2.3, v1.2.3-rc.1. v1.2.3rc1; v1.2.3+b.1', ['1.2.3', '1.2.3-rc.1', '1.2.3rc1', '1.2.3+b.1']],
  ['{version}', '21.2.3 and 1.2.3.4', ['21.2.3', '1.2.3']],
  ['a-{version}.whl', 'a-1.2.3.whl b-1.2.3.whl aX1.2.3.whl', ['1.2.3']],
  ['v{major}.{minor}', 'v1.2 v1.2.3 v1.20 v1.2. v1.2-3', ['1.2', '1.20', '1.2', '1.2']],
  ['a-{major}.x', 'a-1.x a-12.x a-1.2.x', ['1', '12']],
  ['(.*){version}$', '(.*)1.2.3$ 1.2.3', ['1.2.3']],
])('the pattern %s finds versions in %p', async (pattern, text, expected) => {
  const folder = new Folder(await plant({ 'a.txt': text }))
  const { places } = await versionsInFiles(folder, { ...DEFAULT_SETTINGS, versionFiles: [{ file: 'a.txt', pattern }] })
  expect(places.map(({ value }) => value)).toEqual(expected)
})
