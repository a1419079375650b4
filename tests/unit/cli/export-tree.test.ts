import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { exportTree } from '../../../packages/cli/src/rehearse/export-tree.ts'
import { repository } from '../../bundle/project.ts'
import { temporaryFolder, write } from '../../sandbox/harness.ts'
import { realPorts } from '../toolchain/ports.ts'

/** Exports a folder; returns the codes of the notices and the content of the copy's `a.txt`. */
async function exported(dir: string, dirty: boolean) {
  const to = temporaryFolder()
  const { notices } = await exportTree(realPorts(), dir, to, dirty)
  return [notices.map((each) => each.code), readFileSync(join(to, 'a.txt'), 'utf8')]
}

test('the last commit is exported with a notice about changes; --dirty exports the changes', async () => {
  const dir = await repository({ 'a.txt': 'committed' })
  expect(await exported(dir, false)).toEqual([[], 'committed'])
  write(dir, { 'a.txt': 'changed' })
  expect(await exported(dir, false)).toEqual([['changes-not-rehearsed'], 'committed'])
  expect(await exported(dir, true)).toEqual([[], 'changed'])
})

test('a folder outside any repository is exported with a notice', async () => {
  const dir = temporaryFolder()
  write(dir, { 'a.txt': 'here' })
  expect(await exported(dir, false)).toEqual([['working-tree'], 'here'])
})
