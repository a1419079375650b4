import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { descriptionFile } from '@slipway/sandbox/description'
import { type Tested, tested, withSecret, write } from '../sandbox/harness.ts'
import { runAction, type Step } from './action.ts'
import { repository, WORKSPACE } from './project.ts'

const FILES = { 'dist/a.whl': 'wheel', 'dist/b.tar.gz': 'sdist' }

const titles = (step: Step) => step.annotations.map((each) => each.properties.title)

/** A repository with built files in its `dist`, which git does not know. */
async function built(files: Record<string, string> = FILES): Promise<string> {
  const cwd = await repository(WORKSPACE)
  write(cwd, files)
  return cwd
}

function release({ github, dir }: Tested, cwd: string, inputs: Record<string, string> = {}): Promise<Step> {
  const env = { GITHUB_API_URL: github.api, SLIPWAY_SANDBOX: descriptionFile(dir) }
  return runAction('create-release', { files: 'dist/*', ...inputs }, { cwd, env, token: github.token })
}

interface Release {
  id: number
  draft: boolean
  tag_name: string
  name: string
  body: string
  prerelease: boolean
  html_url: string
  assets: { name: string; url: string }[]
}

/** All releases, as one who may write sees them: drafts among them. */
async function releases({ github }: Tested): Promise<Release[]> {
  const headers = { authorization: `Bearer ${github.token}` }
  return (await fetch(`${github.api}/repos/owner/project/releases`, { headers })).json() as Promise<Release[]>
}

async function contentOf({ github }: Tested, { assets }: Release, name: string): Promise<string> {
  const headers = { authorization: `Bearer ${github.token}`, accept: 'application/octet-stream' }
  const { url } = assets.find((each) => each.name === name) as Release['assets'][number]
  return (await fetch(url, { headers })).text()
}

const writes = async (sandbox: Tested) => (await sandbox.steer.log()).filter((each) => each.method !== 'GET')

test('a release gets its notes and assets as a draft, is made public last, and is written once', async () => {
  const [cwd, sandbox] = [await built(), await tested()]
  const step = await release(sandbox, cwd)
  expect([step.code, step.annotations]).toEqual([0, []])
  const [made, ...more] = await releases(sandbox)
  expect(more).toEqual([])
  expect(made).toMatchObject({ draft: false, tag_name: 'v1.2.0', name: 'v1.2.0', prerelease: false })
  expect(made?.body).toContain('Two is two.')
  expect(step.outputs.url).toBe(made?.html_url)
  expect(made?.assets.map((each) => each.name).sort()).toEqual(['RELEASE_NOTES.md', 'SHA256SUMS', 'a.whl', 'b.tar.gz'])
  const sums = await contentOf(sandbox, made as Release, 'SHA256SUMS')
  const hash = (text: string) => createHash('sha256').update(text).digest('hex')
  const notes = await contentOf(sandbox, made as Release, 'RELEASE_NOTES.md')
  expect(sums.trim().split('\n').sort()).toEqual(
    [`${hash('wheel')}  a.whl`, `${hash('sdist')}  b.tar.gz`, `${hash(notes)}  RELEASE_NOTES.md`].sort(),
  )
  const written = await writes(sandbox)
  expect(written.map((each) => each.method)).toEqual(['POST', 'POST', 'POST', 'POST', 'POST', 'PATCH'])

  const again = await release(sandbox, cwd)
  expect([again.code, again.outputs.url]).toEqual([0, made?.html_url])
  const statuses = JSON.parse(again.outputs.receipts as string).map((each: { status: string }) => each.status)
  expect([...new Set(statuses)]).toEqual(['already there'])
  expect(await writes(sandbox)).toEqual(written)

  write(cwd, { 'dist/a.whl': 'another' })
  expect(titles(await release(sandbox, cwd))).toEqual(['conflict'])
  expect(await writes(sandbox)).toEqual(written)
})

test('a draft stays one until it is asked to be public, and is the same release', async () => {
  const [cwd, sandbox] = [await built(), await tested()]
  const drafted = await release(sandbox, cwd, { draft: 'true' })
  const [draft] = await releases(sandbox)
  expect([drafted.code, drafted.outputs.url, draft?.draft]).toEqual([0, '', true])
  const kept = await release(sandbox, cwd, { draft: 'true' })
  expect([kept.code, kept.outputs.url]).toEqual([0, ''])
  const step = await release(sandbox, cwd, { name: 'One point two' })
  const all = await releases(sandbox)
  expect(all.map((each) => [each.id, each.draft, each.name])).toEqual([[draft?.id, false, 'One point two']])
  expect(step.outputs.url).toBe(all[0]?.html_url)
})

test('a prerelease is marked as one', async () => {
  const sandbox = await tested()
  const version = (text = '') => text.replaceAll('1.2.0', '1.2.0-rc.1')
  const files = Object.entries(WORKSPACE).map(([name, text]) => [name, version(text)])
  const cwd = await repository(Object.fromEntries(files))
  expect((await release(sandbox, cwd, { files: '' })).code).toBe(0)
  expect(await releases(sandbox)).toMatchObject([{ tag_name: 'v1.2.0-rc.1', prerelease: true, draft: false }])
})

test('a pattern without a file, and two files of one name, stop before any request', async () => {
  const [cwd, sandbox] = [await built({ ...FILES, 'dist/x86/a.whl': 'other' }), await tested()]
  const unmatched = await release(sandbox, cwd, { files: 'dist/*.whl\ndist/*.deb' })
  expect([unmatched.code, titles(unmatched)]).toEqual([1, ['files-missing']])
  expect(unmatched.annotations[0]?.message).toContain('dist/*.deb')
  const twice = await release(sandbox, cwd, { files: 'dist/**/*.whl' })
  expect([twice.code, titles(twice)]).toEqual([1, ['asset-name-taken']])
  expect(twice.annotations[0]?.message).toContain('a.whl')
  write(cwd, { 'dist/SHA256SUMS': 'mine' })
  expect(titles(await release(sandbox, cwd))).toEqual(['asset-name-taken'])
  expect(await sandbox.steer.log()).toEqual([])
})

test('files get the names that GitHub stores, with a notice of each, and SHA256SUMS has them', async () => {
  const names = ['My App 2.0.5 Setup.exe', 'tool_2.0.5-1~bookworm_amd64.deb', 'app (x64).zip', 'plain.zip']
  const stored = ['My.App.2.0.5.Setup.exe', 'tool_2.0.5-1.bookworm_amd64.deb', 'app.x64.zip', 'plain.zip']
  const cwd = await built(Object.fromEntries(names.map((each) => [`dist/${each}`, each])))
  const sandbox = await tested()
  const step = await release(sandbox, cwd)
  expect([step.code, titles(step)]).toEqual([0, ['asset-renamed', 'asset-renamed', 'asset-renamed']])
  const [found] = (await releases(sandbox)) as [Release]
  const listed = found.assets.map((each) => each.name)
  expect(listed.sort()).toEqual([...stored, 'RELEASE_NOTES.md', 'SHA256SUMS'].sort())
  const sums = await contentOf(sandbox, found, 'SHA256SUMS')
  expect(sums.match(/\S+$/gm)?.sort()).toEqual([...stored, 'RELEASE_NOTES.md'].sort())
  expect((await release(sandbox, cwd)).code).toBe(0)
  write(cwd, { 'dist/plain (.zip': 'other' })
  expect(titles(await release(sandbox, cwd))).toContain('asset-name-taken')
})

test('a missing token and a refused one are reported; the secret is never shown', async () => {
  const [cwd, sandbox] = [await built(), await tested()]
  expect(titles(await release(sandbox, cwd, { 'github-token': '' }))).toEqual(['token-missing'])
  const refused = await release(withSecret(sandbox, 'github', 'ghs-not-the-right-one'), cwd)
  expect([refused.code, refused.annotations.length]).toEqual([1, 1])
  expect(refused.annotations[0]?.message).toMatch(/login is valid/)
  expect(refused.seen).not.toContain('ghs-not-the-right-one')
  const elsewhere = await runAction('create-release', {}, { cwd, env: { GITHUB_REPOSITORY: undefined } })
  expect(titles(elsewhere)).toEqual(['no-repository'])
})

test('the tag that started the run names the release, and must be the version', async () => {
  const [cwd, sandbox] = [await built(), await tested()]
  const env = {
    GITHUB_API_URL: sandbox.github.api,
    SLIPWAY_SANDBOX: descriptionFile(sandbox.dir),
    GITHUB_REF_TYPE: 'tag',
    GITHUB_REF_NAME: 'slipway-demo-app-v1.2.0',
  }
  const given = { cwd, token: sandbox.github.token }
  expect((await runAction('create-release', {}, { ...given, env })).code).toBe(0)
  expect((await releases(sandbox)).map((each) => each.tag_name)).toEqual(['slipway-demo-app-v1.2.0'])
  const wrong = await runAction('create-release', {}, { ...given, env: { ...env, GITHUB_REF_NAME: 'v9.9.9' } })
  expect([wrong.code, titles(wrong)]).toEqual([1, ['tag-differs-from-version']])
})
