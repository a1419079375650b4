import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { exportTree } from '../../../packages/cli/src/rehearse/export-tree.ts'
import { repository } from '../../bundle/project.ts'
import { temporaryFolder, write } from '../../sandbox/harness.ts'
import { realPorts } from '../toolchain/ports.ts'

/** Exports a folder; gives the codes of the notices, and what the copy of `a.txt` holds. */
async function exported(dir: string, dirty: boolean) {
  const to = temporaryFolder()
  const { notices } = await exportTree(realPorts(), dir, to, dirty)
  return [notices.map((each) => each.code), readFileSync(join(to, 'a.txt'), 'utf8')]
}

test('the last commit is exported, changes since are told; with --dirty they are exported', async () => {
  const dir = await repository({ 'a.txt': 'committed' })
  expect(await exported(dir, false)).toEqual([[], 'committed'])
  write(dir, { 'a.txt': 'changed' })
  expect(await exported(dir, false)).toEqual([['changes-not-rehearsed'], 'committed'])
  expect(await exported(dir, true)).toEqual([[], 'changed'])
})

test('a folder outside any repository is exported as it is, which is told', async () => {
  const dir = temporaryFolder()
  write(dir, { 'a.txt': 'here' })
  expect(await exported(dir, false)).toEqual([['working-tree'], 'here'])
})
