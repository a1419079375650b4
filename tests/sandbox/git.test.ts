import { readdirSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Octokit } from '@octokit/rest'
import { startSandbox } from '@slipway/sandbox/start'
import { type Ended, run, succeed, type Tested, temporaryFolder, tested, write } from './harness.ts'

const repo = { owner: 'someone', repo: 'project' }

/** Ignores the user's configuration and asks no questions. */
const env = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.invalid',
  GIT_COMMITTER_NAME: 'C',
  GIT_COMMITTER_EMAIL: 'c@example.invalid',
  GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z',
}

const git = async (cwd: string, ...args: string[]) => (await succeed(['git', ...args], { cwd, env })).stdout.trim()
const tryGit = (cwd: string, ...args: string[]): Promise<Ended> => run(['git', ...args], { cwd, env })

/** Returns the address of the repository, with a password if given. */
function address({ github }: Pick<Tested, 'github'>, password?: string, path = 'someone/project.git'): string {
  const base = password === undefined ? github.git : github.git.replace('//', `//x-access-token:${password}@`)
  return `${base}/${path}`
}

/** Creates a work tree with one commit whose origin is the sandbox, with the token. */
async function project(sandbox: Pick<Tested, 'github'>): Promise<string> {
  const dir = temporaryFolder()
  write(dir, { 'a.txt': 'content' })
  await git(dir, 'init', '--quiet', '--initial-branch=main')
  await git(dir, 'add', '.')
  await git(dir, 'commit', '--quiet', '-m', 'First')
  await git(dir, 'remote', 'add', 'origin', address(sandbox, sandbox.github.token))
  return dir
}

test('a pushed branch and tags can be cloned by anybody, and appear in the API', async () => {
  const sandbox = await tested()
  const dir = await project(sandbox)
  await git(dir, 'tag', 'v1.0.0')
  await git(dir, 'tag', '-a', 'v1.0.1', '-m', 'Subject\n\nBody')
  await git(dir, 'push', '--quiet', 'origin', 'main', '--tags')
  const commit = await git(dir, 'rev-parse', 'HEAD')
  const object = await git(dir, 'rev-parse', 'v1.0.1')

  const clone = join(temporaryFolder(), 'clone')
  await git(dir, 'clone', '--quiet', '--branch', 'v1.0.1', address(sandbox), clone)
  expect(await git(clone, 'rev-parse', 'HEAD', 'v1.0.0', 'v1.0.1')).toBe([commit, commit, object].join('\n'))
  expect(await git(clone, 'show', 'origin/HEAD:a.txt')).toBe('content')
  // Case and the suffix do not matter.
  const other = address(sandbox, undefined, 'Someone/Project')
  expect(await git(dir, 'ls-remote', '--tags', other)).toContain(`${object}\trefs/tags/v1.0.1`)

  const { git: refs, repos } = new Octokit({ baseUrl: sandbox.github.api })
  const shown = async (ref: string) => (await refs.getRef({ ...repo, ref })).data.object
  expect(await shown('heads/main')).toMatchObject({ sha: commit, type: 'commit' })
  expect(await shown('tags/v1.0.0')).toMatchObject({ sha: commit, type: 'commit' })
  expect(await shown('tags/v1.0.1')).toMatchObject({ sha: object, type: 'tag' })
  expect((await refs.getTag({ ...repo, tag_sha: object })).data).toMatchObject({
    tag: 'v1.0.1',
    message: 'Subject\n\nBody\n',
    object: { sha: commit, type: 'commit' },
    tagger: { name: 'C', email: 'c@example.invalid', date: '2026-01-02T03:04:05Z' },
  })
  expect((await repos.getCommit({ ...repo, ref: 'v1.0.1' })).data.sha).toBe(commit)
  expect((await sandbox.steer.log()).flatMap((each) => each.effect ?? [])).toEqual([
    'branch main pushed, tag v1.0.0 pushed, tag v1.0.1 pushed',
  ])
})

test('a push moves and deletes tags', async () => {
  const sandbox = await tested()
  const dir = await project(sandbox)
  await git(dir, 'tag', 'v1')
  await git(dir, 'tag', 'v2')
  await git(dir, 'push', '--quiet', 'origin', 'v1', 'v2')
  await git(dir, 'commit', '--quiet', '--allow-empty', '-m', 'Second')
  await git(dir, 'tag', '--force', 'v1')
  expect((await tryGit(dir, 'push', 'origin', 'v1')).stderr).toMatch('rejected')
  await git(dir, 'push', '--quiet', '--force', 'origin', 'v1', ':v2')
  const { git: refs } = new Octokit({ baseUrl: sandbox.github.api })
  const { data } = await refs.listMatchingRefs({ ...repo, ref: 'tags/' })
  expect(data.map((each) => [each.ref, each.object.sha])).toEqual([
    ['refs/tags/v1', await git(dir, 'rev-parse', 'HEAD')],
  ])
})

test('a commit can be fetched by its id, shallow and without blobs, as actions/checkout does', async () => {
  const sandbox = await tested()
  const dir = await project(sandbox)
  const commit = await git(dir, 'rev-parse', 'HEAD')
  await git(dir, 'commit', '--quiet', '--allow-empty', '-m', 'Second')
  await git(dir, 'push', '--quiet', 'origin', 'main')
  const work = temporaryFolder()
  await git(work, 'init', '--quiet')
  await git(work, 'remote', 'add', 'origin', address(sandbox))
  const header = `http.${sandbox.github.git}/.extraheader`
  await git(work, 'config', header, `AUTHORIZATION: basic ${btoa(`x-access-token:${sandbox.github.token}`)}`)
  await git(work, 'fetch', '--depth=1', '--filter=blob:none', 'origin', `+${commit}:refs/remotes/origin/main`)
  expect(await git(work, 'rev-parse', 'origin/main')).toBe(commit)
  await git(work, '-c', 'protocol.version=0', 'fetch', '--depth=1', 'origin', commit)
})

test('a push needs the token, and a wrong token grants nothing', async () => {
  const sandbox = await tested()
  const dir = await project(sandbox)
  for (const password of [undefined, 'ghs_wrong', ''])
    expect((await tryGit(dir, 'push', address(sandbox, password), 'main')).code).not.toBe(0)
  const info = (service: string) => `${address(sandbox)}/info/refs?service=${service}`
  const push = await fetch(info('git-receive-pack'))
  expect([push.status, push.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="GitHub"'])
  expect((await fetch(`${address(sandbox)}/git-receive-pack`, { method: 'POST' })).status).toBe(401)
  const wrong = { authorization: `Basic ${btoa('x-access-token:wrong')}` }
  expect((await fetch(info('git-upload-pack'), { headers: wrong })).status).toBe(401)
  expect((await fetch(info('git-upload-pack'))).status).toBe(200)
  expect(await git(dir, 'ls-remote', address(sandbox))).toBe('')
  expect((await sandbox.steer.log()).filter((each) => each.effect !== null)).toEqual([])
})

test.each(['a/..%2f..', '%2e%2e/b.git', 'a%00b/c', '.../c.git', 'a/b%0ac.git'])(
  '%s is not a repository name',
  async (path) => {
    const sandbox = await tested()
    const response = await fetch(`${sandbox.github.git}/${path}/info/refs?service=git-upload-pack`)
    expect(response.status).toBe(404)
    expect(readdirSync(join(sandbox.dir, 'github'))).not.toContain('git')
  },
)

test('repositories survive a restart, and faults meet pushes', async () => {
  const dir = temporaryFolder()
  const { description, close } = await startSandbox({ dir, cargoUpstream: null })
  const work = await project(description)
  await git(work, 'push', '--quiet', 'origin', 'main')
  await close()
  const sandbox = await tested({ dir })
  expect(await git(work, 'ls-remote', 'origin')).toContain('refs/heads/main')
  await git(work, 'tag', 'v1')
  const fault = { kind: 'status', status: 503 } as const
  await sandbox.steer.setFault({ service: 'git', method: 'POST', path: 'git-receive-pack$', times: 1, fault })
  expect((await tryGit(work, 'push', 'origin', 'v1')).stderr).toMatch('503')
  expect(await git(work, 'ls-remote', '--tags', 'origin')).toBe('')
  await git(work, 'push', '--quiet', 'origin', 'v1')
  expect(await git(work, 'ls-remote', '--tags', 'origin')).toContain('refs/tags/v1')
})
