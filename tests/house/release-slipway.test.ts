import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect } from '@jest/globals'
import { processExec } from '@slipway/core/effects/exec'
import { needs } from '../tools.ts'
import { root } from './checkout.ts'
import { workflows } from './workflows/files.ts'

const test = needs('git', 'bash', 'base64')

let scratch: string

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-release-'))
})
afterEach(() => rm(scratch, { recursive: true, force: true }))

/** No configuration of the machine. */
const ENV = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.invalid',
}

async function run(cwd: string, argv: [string, ...string[]], more: Record<string, string> = {}) {
  const env = { ...ENV, ...more }
  const { code, stdout, stderr } = await processExec(process.env)({ argv, cwd, env })
  return { code, stdout: stdout.trim(), stderr }
}

async function git(cwd: string, ...args: string[]): Promise<string> {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.invalid']
  const { code, stdout, stderr } = await run(cwd, ['git', ...identity, ...args])
  if (code !== 0) throw new Error(stderr)
  return stdout
}

/** Returns the commands of a step of the workflow that releases Slipway. */
function commands(job: string, name: string): string {
  const step = workflows['release-slipway.yml']?.jobs[job]?.steps?.find((each) => each.name === name)
  return step?.run ?? ''
}

/** Clones the repository at a commit, as a job does. */
async function checkout(commit: string): Promise<string> {
  const dir = await mkdtemp(join(scratch, 'job-'))
  await git(scratch, 'clone', '--quiet', join(scratch, 'origin.git'), dir)
  await git(dir, 'checkout', '--quiet', commit)
  return dir
}

/** Makes a repository with Slipway's workflows, and a program in place of npm, which would install everything. */
async function repository(): Promise<{ main: string; npm: string }> {
  const main = join(scratch, 'main')
  await git(scratch, 'init', '--quiet', '--bare', 'origin.git')
  await git(scratch, 'init', '--quiet', '--initial-branch', 'main', main)
  for (const each of ['.github/workflows', 'scripts/workflows.ts', 'package.json', 'packages/core'])
    await cp(join(root, each), join(main, each), { recursive: true, filter: (path) => !path.endsWith('node_modules') })
  await writeFile(join(main, '.gitignore'), 'node_modules\n')
  await git(main, 'remote', 'add', 'origin', join(scratch, 'origin.git'))
  const npm = join(scratch, 'bin')
  const script = `#!/bin/sh\nif [ "$1" = ci ]; then exec ln -s '${join(root, 'node_modules')}' node_modules; fi\nshift 3\nexec '${process.execPath}' scripts/workflows.ts "$@"\n`
  await cp(join(root, 'package.json'), join(npm, 'package.json'))
  await writeFile(join(npm, 'npm'), script, { mode: 0o755 })
  await symlink(process.execPath, join(npm, 'node'))
  return { main, npm }
}

/** Commits to main. Returns the commit. */
async function committed(main: string, text: string): Promise<string> {
  await writeFile(join(main, 'CHANGELOG.md'), text)
  await git(main, 'add', '--all')
  await git(main, 'commit', '--quiet', '--message', text)
  await git(main, 'push', '--quiet', 'origin', 'HEAD:refs/heads/main')
  return git(main, 'rev-parse', 'HEAD')
}

/** Runs the jobs that pin and publish at a commit. Returns what the last one printed, and how it ended. */
async function release(npm: string, commit: string, tag: string, changed?: string) {
  const job = await checkout(commit)
  const output = join(job, '.git', 'output')
  const env = {
    PATH: `${npm}${delimiter}${process.env.PATH}`,
    GITHUB_REPOSITORY: 'acme/slipway',
    GITHUB_SHA: commit,
    GITHUB_OUTPUT: output,
  }
  const pinned = await run(job, ['bash', '-e', '-c', commands('pin', 'Pin')], env)
  expect([pinned.code, pinned.stderr]).toEqual([0, ''])
  const patch = changed ?? (await readFile(output, 'utf8')).trim().replace(/^patch=/, '')
  const at = await checkout(commit)
  const script = commands('publish', 'Commit, tag and push')
  return run(at, ['bash', '-e', '-c', script], { PATCH: patch, TAG: tag })
}

const tagged = (tag: string) => git(join(scratch, 'origin.git'), 'rev-parse', `refs/tags/${tag}`)

test('a release of Slipway is a second commit that pins the first, and v1 follows the highest version', async () => {
  const { main, npm } = await repository()
  const first = await committed(main, 'one')
  expect((await release(npm, first, 'v1.0.0')).code).toBe(0)
  const commit = await tagged('v1.0.0')
  const origin = join(scratch, 'origin.git')
  expect(await git(origin, 'rev-parse', `${commit}^`)).toBe(first)
  expect(await tagged('v1')).toBe(commit)
  const changed = (await git(origin, 'diff', '--name-only', first, commit)).split('\n')
  expect(changed).toContain('.github/workflows/build.yml')
  expect(changed.filter((each) => !each.startsWith('.github/workflows/'))).toEqual([])
  const build = await git(origin, 'show', `${commit}:.github/workflows/build.yml`)
  expect(build).toContain(`uses: acme/slipway/actions/resume@${first}`)
  expect(build).not.toContain('$/actions')
  expect(await git(origin, 'rev-parse', 'refs/heads/main')).toBe(first)

  // Run again, the same commit is made.
  expect((await release(npm, first, 'v1.0.0')).code).toBe(0)
  expect([await tagged('v1.0.0'), await tagged('v1')]).toEqual([commit, commit])

  const second = await committed(main, 'two')
  expect((await release(npm, second, 'v1.10.0')).code).toBe(0)
  const higher = await tagged('v1.10.0')
  expect(await tagged('v1')).toBe(higher)
  // A backport, and the next major version.
  expect((await release(npm, first, 'v1.9.1')).code).toBe(0)
  expect((await release(npm, second, 'v2.0.0')).code).toBe(0)
  expect([await tagged('v1'), await tagged('v2')]).toEqual([higher, await tagged('v2.0.0')])
})

test('a release of Slipway is refused under a wrong or taken tag, or with a patch that it did not make', async () => {
  const { main, npm } = await repository()
  const first = await committed(main, 'one')
  for (const tag of ['1.0.0', 'v1', 'v1.0.0-rc.1', 'v1.0.0;true'])
    expect([tag, (await release(npm, first, tag)).code]).toEqual([tag, 1])
  expect((await release(npm, first, 'v1.0.0', '')).stdout).toContain('::error::No workflow names an action to pin')
  const foreign = 'diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+x\n'
  const refused = await release(npm, first, 'v1.0.0', Buffer.from(foreign).toString('base64'))
  expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('changes files other than workflows')])
  await expect(tagged('v1.0.0')).rejects.toThrow('v1.0.0')

  expect((await release(npm, first, 'v1.0.0')).code).toBe(0)
  const commit = await tagged('v1.0.0')
  const second = await committed(main, 'two')
  expect((await release(npm, second, 'v1.0.0')).code).not.toBe(0)
  expect([await tagged('v1.0.0'), await tagged('v1')]).toEqual([commit, commit])
})
