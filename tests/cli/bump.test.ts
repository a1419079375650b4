import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { ROOT } from '../rehearsal/example.ts'
import { run } from '../sandbox/harness.ts'
import { plant } from '../unit/trees.ts'
import { slipway } from './command.ts'

const GIT = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
const NAME = ['-c', 'user.name=A', '-c', 'user.email=a@example.invalid', '-c', 'commit.gpgsign=false']

async function git(cwd: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(['git', ...NAME, ...args], { cwd, env: GIT })
  expect([args[0], code, stderr]).toEqual([args[0], 0, expect.anything()])
  return stdout
}

/** Copies an example and commits it in a separate repository. */
async function committed(example: string): Promise<string> {
  const root = await plant({})
  await cp(join(ROOT, 'examples', example), root, { recursive: true, filter: (file) => !/\/(target|dist)$/.test(file) })
  await git(root, 'init', '-q')
  await git(root, 'add', '-A')
  await git(root, 'commit', '-qm', 'All')
  return root
}

test.each(['metatron', 'nuster'])('%s: bump, commit and tag give a plan without problems', async (example) => {
  const root = await committed(example)
  const log = join(root, 'CHANGELOG.md')
  await writeFile(log, (await readFile(log, 'utf8')).replace('## [Unreleased]\n', '## [Unreleased]\n\n- A line.\n'))
  await git(root, 'commit', '-qam', 'A line')

  const check = await slipway(['bump', 'minor', root, '--check'])
  expect(check).toMatchObject({ code: 1, stderr: '' })
  expect(check.stdout).toMatch(/^-version = "0\.1\.0"\n\+version = "0\.2\.0"$/m)
  expect(check.stdout).not.toContain('\u001b')
  expect(await git(root, 'status', '--porcelain')).toBe('')

  const done = await slipway(['bump', 'minor'], root)
  expect(done).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/tag the commit v0\.2\.0\.\n$/) })
  const left = await run(['git', 'grep', '-nF', '0.1.0', '--', '*.toml', '*.py', '*.yml', '*.rs'], { cwd: root })
  expect(left.stdout).toBe('')
  await git(root, 'commit', '-qam', '0.2.0')
  await git(root, 'tag', '-a', 'v0.2.0', '-m', '0.2.0')
  const plan = await slipway(['plan', root, '--offline', '--json', '--tag', 'v0.2.0'])
  const { version, problems, notes } = JSON.parse(plan.stdout)
  expect([version, notes]).toEqual(['0.2.0', '- A line.'])
  expect(problems.filter((each: { severity: string }) => each.severity !== 'notice')).toEqual([])
  expect(await slipway(['bump', '0.2.0', root])).toMatchObject({
    code: 0,
    stdout: 'The version is 0.2.0: nothing to change.\n',
  })
  expect(await git(root, 'status', '--porcelain')).toBe('')
})

test('bump refuses a dirty working tree without --dirty', async () => {
  const root = await committed('nuster')
  await writeFile(join(root, 'new.txt'), '')
  expect(await slipway(['bump', 'patch', root])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('working-tree-dirty'),
  })
  expect(await git(root, 'status', '--porcelain')).toBe('?? new.txt\n')
  expect(await slipway(['bump', 'patch', root, '--dirty'])).toMatchObject({ code: 0 })
  expect(await readFile(join(root, 'Cargo.toml'), 'utf8')).toContain('version = "0.1.1"')
})

test('bump lists the lines that still show the old version', async () => {
  const readme = 'a = "1.2"\n'.repeat(20)
  const root = await plant({ ...TREE, 'README.md': readme })
  const { stdout } = await slipway(['bump', 'minor', root])
  expect(stdout).toContain('Lines that still show 1.2.3')
  expect(stdout).toContain('\n  README.md:1\n')
  expect(stdout).not.toContain('more')
  const many = await plant({ ...TREE, 'README.md': 'a = "1.2"\n'.repeat(23) })
  expect((await slipway(['bump', 'minor', many])).stdout).toContain('\n  README.md:20\n  and 3 more\n')
  expect((await slipway(['bump', 'patch', many])).stdout).not.toContain('README.md')
})

const TREE = { 'Cargo.toml': '[package]\nname = "a"\nversion = "1.2.3"\n' }

test('bump works outside git, and sets an older version with --allow-older', async () => {
  const root = await plant(TREE)
  const older = await slipway(['bump', '1.0.0', root])
  expect(older).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('bump-not-newer') })
  expect(await slipway(['bump', '1.0.0', '--allow-older'], root)).toMatchObject({ code: 0 })
  expect(await readFile(join(root, 'Cargo.toml'), 'utf8')).toBe(TREE['Cargo.toml'].replace('1.2.3', '1.0.0'))
})

test.each([
  [['bump'], 2, 'bump needs a version.'],
  [['bump', '$(touch x)'], 1, 'bump-not-a-version'],
  [['bump', '::error::x'], 1, 'bump-not-a-version'],
  [['bump', '1.0', '--check'], 1, 'bump-not-a-version'],
  [['bump', 'patch', 'nowhere'], 1, 'no-such-folder'],
  [['bump', 'patch', '--only', 'b'], 1, 'bump-name-unknown'],
])('slipway %j is refused', async (args, expected, message) => {
  const root = await plant(TREE)
  const { code, stdout, stderr } = await slipway(args, root)
  expect([code, stdout]).toEqual([expected, ''])
  expect(stderr).toContain(message)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(await readFile(join(root, 'Cargo.toml'), 'utf8')).toBe(TREE['Cargo.toml'])
})

test('bump reports remaining problems instead of "nothing to change"', async () => {
  const root = await committed('nuster')
  await writeFile(join(root, 'CHANGELOG.md'), '## [0.1.0] - 9999-12-31\n\n- All.\n')
  expect(await slipway(['bump', '0.1.0', root, '--dirty'])).toMatchObject({
    code: 0,
    stdout: 'The version is already 0.1.0.\n',
    stderr: expect.stringContaining('changelog-date'),
  })
})
