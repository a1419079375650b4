import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { commitOfTag, commitTime, headOf, isDirty } from '@slipway/toolchain/git'
import { realPorts, recordedPorts } from './ports.ts'

const env = {
  ...process.env,
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_DATE: '1700000000 +0000',
  GIT_CONFIG_GLOBAL: '/dev/null',
}

test('the commit, its time and changed files are found', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-git-'))
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', ...args], {
      cwd: dir,
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    })
  const commitAndTime = async () => [await headOf(realPorts(), dir), await commitTime(realPorts(), dir)]
  expect(await commitAndTime()).toEqual([null, null])
  expect(await isDirty(realPorts(), dir)).toBe(false)
  git('init', '--quiet')
  expect(await commitAndTime()).toEqual([null, null])
  await writeFile(join(dir, 'a'), '1')
  git('add', '.')
  git('commit', '--quiet', '-m', 'one')
  const commit = git('rev-parse', 'HEAD').trim()
  expect(await commitAndTime()).toEqual([commit, 1_700_000_000])
  expect(await isDirty(realPorts(), dir)).toBe(false)
  git('tag', 'light')
  git('tag', '--annotate', 'name/v1', '--message', 'm')
  const tags = ['light', 'name/v1', 'name', 'v1', '*', '--all']
  expect(await Promise.all(tags.map((each) => commitOfTag(realPorts(), dir, each)))).toEqual([
    commit,
    commit,
    null,
    null,
    null,
    null,
  ])
  await writeFile(join(dir, 'b'), '2')
  expect(await commitAndTime()).toEqual([commit, 1_700_000_000])
  expect(await isDirty(realPorts(), dir)).toBe(true)
})

test('the commit is read without programs of the repository’s configuration', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-git-'))
  const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, env, encoding: 'utf8', stdio: 'pipe' })
  git('init', '--quiet')
  expect(await headOf(realPorts(), dir)).toBeNull()
  await writeFile(join(dir, 'a'), '1')
  git('add', '.')
  git('-c', 'user.name=a', '-c', 'user.email=a@example.invalid', 'commit', '--quiet', '-m', 'one')
  await writeFile(join(dir, '.gitattributes'), '* filter=x\n')
  await writeFile(join(dir, 'a'), '2')
  for (const key of ['core.fsmonitor', 'filter.x.clean']) git('config', key, 'touch pwned; false')
  expect(await headOf(realPorts(), dir)).toMatch(/^[0-9a-f]{40}$/)
  expect(await commitTime(realPorts(), dir)).toBe(1_700_000_000)
  expect(await readdir(dir)).not.toContain('pwned')
})

test('without git there is no commit; a repository that git refuses is a problem', async () => {
  expect(await headOf(recordedPorts({ git: 'cannot start' }), '/x')).toBeNull()
  const refused = recordedPorts({ git: { code: 128, stderr: 'fatal: detected dubious ownership in repository' } })
  await expect(headOf(refused, '/x')).rejects.toThrow('dubious ownership')
})
