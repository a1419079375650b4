import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import { planProject } from '@slipway/plan/plan'
import { ROOT } from '../rehearsal/example.ts'
import { run, succeed, temporaryFolder } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { plant } from '../unit/trees.ts'
import { GOOD } from './good.ts'
import { NOW, shown } from './pieces.ts'

function published({ crates }: Plan): string[] {
  return crates.filter((each) => each.publish !== false || each.reason?.startsWith('The tag')).map((each) => each.name)
}

describe.each(Object.entries(GOOD))('%s', (_, { files, notices = {}, tag, is }) => {
  test('has only the notices of the table', async () => {
    const plan = await planProject(await plant(files), { now: NOW, ...(tag !== undefined && { tag }) })
    expect(plan.problems.map(shown)).toEqual(Object.keys(notices).map((each) => `notice ${each}`))
    expect(plan).toMatchObject(is.version === undefined ? {} : { version: is.version })
    if (is.crates) expect(published(plan)).toEqual(is.crates)
    if (is.packages) expect(plan.packages.map((each) => each.name).sort()).toEqual(is.packages)
  })

  if ('Cargo.toml' in files) {
    needs('cargo')('is a workspace that cargo accepts', async () => {
      const dir = await plant(files)
      const ended = await run(['cargo', 'metadata', '--no-deps', '--offline', '--format-version', '1'], { cwd: dir })
      expect([ended.code, ended.stderr]).toEqual([0, ''])
    })
  }
})

test.each(['metatron', 'nuster'])('the example %s has no problems', async (name) => {
  const dir = temporaryFolder()
  // Clones the commit, without files that builds left in the checkout.
  await succeed(['git', 'clone', '-q', '--depth', '1', `file://${ROOT}`, join(dir, 'all')])
  cpSync(join(dir, 'all/examples', name), join(dir, name), { recursive: true })
  const { problems } = await planProject(join(dir, name), { now: NOW })
  expect(problems.map(shown)).toEqual([])
})
