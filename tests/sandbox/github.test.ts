import { connect } from 'node:net'
import { expect, test } from '@jest/globals'
import { Octokit } from '@octokit/rest'
import { ASSET_NAMES } from './asset-names.ts'
import { type Tested, tested } from './harness.ts'

const repo = { owner: 'someone', repo: 'project' }

/** Returns a client of the sandbox's GitHub; null means without a token. */
function client(sandbox: Tested, token: string | null = sandbox.github.token): Octokit {
  const quiet = { debug() {}, info() {}, warn() {}, error() {} }
  return new Octokit({ ...(token !== null && { auth: token }), baseUrl: sandbox.github.api, log: quiet })
}

/** Returns how a call is refused: the status, and the errors or the message. */
async function refusal(call: Promise<unknown>): Promise<unknown> {
  try {
    return `succeeded: ${JSON.stringify(await call)}`
  } catch (error) {
    const { status, response } = error as { status: number; response: { data: { message: string; errors?: object[] } } }
    return [status, response.data.errors ?? response.data.message]
  }
}

/** Creates a draft with one asset. */
async function draft(octokit: Octokit, tag: string) {
  const { data } = await octokit.repos.createRelease({ ...repo, tag_name: tag, name: tag, draft: true })
  await attach(octokit, data, 'a.txt', 'content')
  return data
}

/** Uploads an asset to the release's upload address. */
async function attach(octokit: Octokit, release: { id: number; upload_url: string }, name: string, data: string) {
  const headers = { 'content-type': 'text/plain' }
  const url = release.upload_url
  return (await octokit.repos.uploadReleaseAsset({ ...repo, url, release_id: release.id, name, data, headers })).data
}

test('a draft gets assets, is published with its tag, and becomes the latest', async () => {
  const sandbox = await tested()
  const octokit = client(sandbox)
  const release = await draft(octokit, 'v1.0.0')
  expect(release.upload_url).toBe(
    `${sandbox.github.uploads}/repos/someone/project/releases/${release.id}/assets{?name,label}`,
  )
  expect(await refusal(octokit.repos.getReleaseByTag({ ...repo, tag: 'v1.0.0' }))).toEqual([404, 'Not Found'])
  expect(await refusal(client(sandbox, null).repos.getRelease({ ...repo, release_id: release.id }))).toEqual([
    404,
    'Not Found',
  ])
  expect((await client(sandbox, null).repos.listReleases(repo)).data).toEqual([])

  const asset = await attach(octokit, release, 'b c~d:e+f.txt', 'more')
  expect(asset).toMatchObject({ name: 'b.c.d.e+f.txt', state: 'uploaded', size: 4, content_type: 'text/plain' })
  expect(asset.digest).toBe('sha256:187897ce0afcf20b50ba2b37dca84a951b7046f29ed5ab94f010619f69d6e189')
  expect((await fetch(asset.browser_download_url)).status).toBe(404)
  const byTag = asset.browser_download_url.replace(/untagged-[0-9a-f]+/, 'v1.0.0')
  expect((await fetch(byTag)).status).toBe(404)

  const done = await octokit.repos.updateRelease({ ...repo, release_id: release.id, draft: false, make_latest: 'true' })
  expect(done.data).toMatchObject({ draft: false, immutable: false, tag_name: 'v1.0.0' })
  expect((await octokit.repos.getLatestRelease(repo)).data.id).toBe(release.id)
  const main = (await octokit.git.getRef({ ...repo, ref: 'heads/main' })).data.object.sha
  expect((await octokit.git.getRef({ ...repo, ref: 'tags/v1.0.0' })).data.object).toMatchObject({
    sha: main,
    type: 'commit',
  })
  const url = done.data.assets.find((each) => each.name === asset.name)?.browser_download_url ?? ''
  expect(url).toBe(byTag)
  expect(await (await fetch(url)).text()).toBe('more')
  const headers = { accept: 'application/octet-stream' }
  expect(await (await fetch(asset.url, { headers })).text()).toBe('more')

  expect((await sandbox.steer.log()).flatMap((each) => each.effect ?? [])).toEqual([
    `draft ${release.id} created`,
    'asset a.txt added',
    'asset b.c.d.e+f.txt added',
    `release ${release.id} published, tag v1.0.0 created`,
  ])
  expect(await sandbox.steer.counters()).toMatchObject({ uploadBytes: 'content'.length + 'more'.length })
})

test('invalid requests are refused with the messages of GitHub', async () => {
  const sandbox = await tested()
  const octokit = client(sandbox)
  const create = (more: object) => refusal(octokit.repos.createRelease({ ...repo, tag_name: 'v2', ...more }))
  const release = await draft(octokit, 'v1')
  const error = (code: string, field: string, message?: string) => [
    422,
    [{ resource: field === 'name' ? 'ReleaseAsset' : 'Release', code, field, ...(message && { message }) }],
  ]
  expect(await refusal(attach(octokit, release, 'a.txt', 'again'))).toEqual(error('already_exists', 'name'))
  expect(await create({ tag_name: '' })).toEqual(error('missing_field', 'tag_name'))
  expect(await create({ tag_name: 'a b' })).toEqual(error('custom', 'tag_name', 'tag_name is not a valid tag'))
  expect(await create({ target_commitish: 'nowhere' })).toEqual(error('invalid', 'target_commitish'))
  expect(await create({ body: 'x'.repeat(125_001) })).toEqual(
    error('custom', 'body', 'body is too long (maximum is 125000 characters)'),
  )
  const notLatest = error('custom', 'make_latest', 'Latest release cannot be draft or prerelease.')
  expect(await create({ prerelease: true, make_latest: 'true' })).toEqual(notLatest)
  expect(await refusal(octokit.repos.updateRelease({ ...repo, release_id: release.id, make_latest: 'true' }))).toEqual(
    notLatest,
  )
  expect(await refusal(client(sandbox, 'wrong').repos.listReleases(repo))).toEqual([401, 'Bad credentials'])
  expect(await refusal(client(sandbox, null).repos.createRelease({ ...repo, tag_name: 'v2' }))).toEqual([
    401,
    'Requires authentication',
  ])
  expect((await octokit.repos.listReleases(repo)).data.map((each) => each.tag_name)).toEqual(['v1'])

  await octokit.repos.updateRelease({ ...repo, release_id: release.id, draft: false })
  expect(await create({ tag_name: 'v1' })).toEqual(error('already_exists', 'tag_name'))
  const second = await octokit.repos.createRelease({ ...repo, tag_name: 'v1', draft: true })
  const third = await octokit.repos.createRelease({ ...repo, tag_name: 'v1', draft: true })
  expect(third.data.id).toBeGreaterThan(second.data.id)
  expect(await refusal(octokit.repos.updateRelease({ ...repo, release_id: second.data.id, draft: false }))).toEqual(
    error('already_exists', 'tag_name'),
  )
})

test.each(ASSET_NAMES)(
  'an asset %j is stored as %j, and another one of that name is refused',
  async (filename, stored) => {
    const octokit = client(await tested())
    const release = await draft(octokit, 'v1.0.0')
    expect(await attach(octokit, release, filename, 'content')).toMatchObject({ name: stored })
    expect(await refusal(attach(octokit, release, stored, 'content'))).toEqual([422, expect.anything()])
  },
)

test('make_latest and prereleases decide which release is the latest', async () => {
  const sandbox = await tested()
  const octokit = client(sandbox)
  const create = (tag_name: string, more: object = {}) => octokit.repos.createRelease({ ...repo, tag_name, ...more })
  const latest = async () => (await octokit.repos.getLatestRelease(repo)).data.tag_name
  expect(await refusal(octokit.repos.getLatestRelease(repo))).toEqual([404, 'Not Found'])
  await create('v1.1.0')
  await create('v2.0.0-rc.1', { prerelease: true })
  await create('v1.0.9', { make_latest: 'false' })
  expect(await latest()).toBe('v1.1.0')
  await create('v1.0.10', { make_latest: 'legacy' })
  expect(await latest()).toBe('v1.1.0')
  await create('v1.0.11')
  expect(await latest()).toBe('v1.0.11')
})

test('immutable releases keep their assets and tag, and the tag of a deleted one stays used', async () => {
  const sandbox = await tested()
  const octokit = client(sandbox)
  await sandbox.steer.setImmutableReleases('someone/project', true)
  const { id } = await draft(octokit, 'v1')
  const { data } = await octokit.repos.updateRelease({ ...repo, release_id: id, draft: false })
  expect(data.immutable).toBe(true)
  expect(await refusal(attach(octokit, data, 'b.txt', 'x'))).toEqual([
    422,
    'Cannot upload assets to an immutable release.',
  ])
  const asset = { ...repo, asset_id: data.assets[0]?.id ?? 0 }
  expect(await refusal(octokit.repos.deleteReleaseAsset(asset))).toEqual([422, expect.stringContaining('immutable')])
  expect(await refusal(octokit.git.deleteRef({ ...repo, ref: 'tags/v1' }))).toEqual([
    422,
    expect.stringContaining('immutable'),
  ])
  await octokit.repos.deleteRelease({ ...repo, release_id: id })
  expect(await refusal(octokit.repos.createRelease({ ...repo, tag_name: 'v1' }))).toEqual([
    422,
    [{ resource: 'Release', code: 'custom', field: 'tag_name', message: 'tag_name was used by an immutable release' }],
  ])
})

test('a truncated upload leaves a starter asset, which can be deleted', async () => {
  const sandbox = await tested()
  const octokit = client(sandbox)
  const { data: release } = await octokit.repos.createRelease({ ...repo, tag_name: 'v1', draft: true })
  const { port, host } = new URL(sandbox.github.uploads)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(
    `POST /repos/someone/project/releases/${release.id}/assets?name=a.txt HTTP/1.1\r\nhost: ${host}\r\n` +
      `authorization: Bearer ${sandbox.github.token}\r\ncontent-length: 1000\r\n\r\npart`,
  )
  setTimeout(() => socket.destroy(), 100)
  const assets = async () => (await octokit.repos.listReleaseAssets({ ...repo, release_id: release.id })).data
  while ((await assets()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  const [starter] = await assets()
  expect(starter).toMatchObject({ name: 'a.txt', state: 'starter', digest: null, size: 0 })
  const [entry] = (await sandbox.steer.log()).filter((each) => each.upload)
  expect(entry).toMatchObject({ status: 0, bodyBytes: 4, accepted: false, effect: 'asset a.txt left as starter' })
  expect(await refusal(attach(octokit, release, 'a.txt', 'x'))).toMatchObject([422, [{ code: 'already_exists' }]])
  await octokit.repos.deleteReleaseAsset({ ...repo, asset_id: starter?.id ?? 0 })
  expect((await attach(octokit, release, 'a.txt', 'x')).state).toBe('uploaded')
})

test('lists come in pages', async () => {
  const sandbox = await tested()
  const octokit = client(sandbox)
  for (let n = 1; n <= 5; n += 1) await octokit.repos.createRelease({ ...repo, tag_name: `v${n}`, draft: true })
  const first = await octokit.repos.listReleases({ ...repo, per_page: 2 })
  expect(first.headers.link).toContain('page=2>; rel="next"')
  expect(first.headers.link).toContain('page=3>; rel="last"')
  const all = await octokit.paginate(octokit.repos.listReleases, { ...repo, per_page: 2 })
  expect(all.map((each) => each.tag_name)).toEqual(['v5', 'v4', 'v3', 'v2', 'v1'])
})

test('an annotated tag is an object and a reference to it', async () => {
  const sandbox = await tested()
  const octokit = client(sandbox)
  const object = 'a'.repeat(40)
  const tag = await octokit.git.createTag({ ...repo, tag: 'v1', message: 'One', object, type: 'commit' })
  await octokit.git.createRef({ ...repo, ref: 'refs/tags/v1', sha: tag.data.sha })
  const ref = await octokit.git.getRef({ ...repo, ref: 'tags/v1' })
  expect(ref.data.object).toMatchObject({ type: 'tag', sha: tag.data.sha })
  expect((await octokit.git.getTag({ ...repo, tag_sha: tag.data.sha })).data).toMatchObject({
    message: 'One',
    object: { sha: object },
  })
  expect((await octokit.repos.getCommit({ ...repo, ref: 'v1' })).data.sha).toBe(object)
  expect(await refusal(octokit.git.createRef({ ...repo, ref: 'refs/tags/v1', sha: object }))).toEqual([
    422,
    'Reference already exists',
  ])
  const found = await octokit.git.listMatchingRefs({ ...repo, ref: 'tags/v' })
  expect(found.data.map((each) => each.ref)).toEqual(['refs/tags/v1'])
  // The tag exists, so the release uses it and ignores the target.
  await octokit.repos.createRelease({ ...repo, tag_name: 'v1', target_commitish: 'main' })
  expect((await octokit.git.getRef({ ...repo, ref: 'tags/v1' })).data.object.sha).toBe(tag.data.sha)
})
