import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from '@jest/globals'
import { blobFile, describeImage, readLayout } from '@slipway/artifacts/oci/layout'
import { writeImage } from '../contract/image.ts'
import type { Env } from '../engines/daemon.ts'
import { ownBuildah } from '../engines/own-buildah.ts'
import { type Tested, temporaryFolder, tested } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import {
  changes,
  commitOf,
  digestsOf,
  done,
  imageProject,
  namesAt,
  ofVersion,
  onlyPath,
  push,
  titles,
} from './push-image.ts'

// Nothing is built here: every image is a layout that was made before.
const test = needs('buildah', 'skopeo', 'busybox')

const env = ownBuildah()

/** A repository, and an image that was built from it. */
async function built(content: string, files: Record<string, string> = {}, labels?: Record<string, string>) {
  const cwd = await imageProject(files)
  const layout = join(temporaryFolder(), 'layout')
  const own = labels ?? { 'org.opencontainers.image.revision': await commitOf(cwd) }
  const { sha256 } = await writeImage(layout, 'app', [content, `${content} as well`], own)
  return { cwd, layout, digest: `sha256:${sha256}` }
}

/** Pushes such an image. */
const pushBuilt = (sandbox: Tested, { cwd, layout }: { cwd: string; layout: string }, inputs = {}, more: Env = {}) =>
  push(sandbox, cwd, { engine: 'buildah', layout, ...inputs }, { ...env, ...more })

const last = async (sandbox: Tested) => (await sandbox.steer.log()).at(-1)?.n ?? 0

describe('existing images and tags', () => {
  test('of another commit is never replaced, and nothing is written', async () => {
    const sandbox = await tested()
    const first = await built('one')
    expect((await pushBuilt(sandbox, first)).code).toBe(0)
    const n = await last(sandbox)
    const other = await built('two', { NEW: '' })
    const step = await pushBuilt(sandbox, other)
    expect([step.code, titles(step), step.outputs]).toEqual([1, ['image-tag-taken'], {}])
    const { message } = step.annotations[0] ?? {}
    for (const { cwd } of [first, other]) expect(message).toContain((await commitOf(cwd)).slice(0, 12))
    expect(await changes(sandbox, n)).toEqual([])
    expect(await digestsOf(sandbox, '1.2.0')).toEqual([first.digest, first.digest])
  })

  test('made elsewhere, without a commit, is already there in a second run, and completes a registry without it', async () => {
    const [sandbox, image] = [await tested(), await built('one', {}, {})]
    const [here] = namesAt(sandbox).split('\n') as [string]
    expect((await pushBuilt(sandbox, image, { images: here })).code).toBe(0)
    const n = await last(sandbox)
    const again = await pushBuilt(sandbox, image, { images: here })
    expect([again.code, titles(again), again.outputs.digest]).toEqual([0, [], image.digest])
    expect(await changes(sandbox, n)).toEqual([])
    expect((await pushBuilt(sandbox, image)).code).toBe(0)
    expect(await digestsOf(sandbox, 'latest')).toEqual([image.digest, image.digest])
  })

  test('made elsewhere, without a commit, is not replaced by another', async () => {
    const sandbox = await tested()
    expect((await pushBuilt(sandbox, await built('one', {}, {}))).code).toBe(0)
    const n = await last(sandbox)
    expect(titles(await pushBuilt(sandbox, await built('two', {}, {})))).toEqual(['image-tag-taken'])
    expect(await changes(sandbox, n)).toEqual([])
  })

  test('of this commit in one registry is copied to the other, with no engine on PATH', async () => {
    const [sandbox, image] = [await tested(), await built('one')]
    const [here] = namesAt(sandbox).split('\n') as [string]
    expect((await pushBuilt(sandbox, image, { images: here })).code).toBe(0)
    expect(await digestsOf(sandbox, '1.2.0')).toEqual([image.digest, null])
    const step = await push(sandbox, image.cwd, {}, { PATH: await onlyPath() })
    expect([step.code, step.annotations, step.outputs.digest]).toEqual([0, [], image.digest])
    expect(done(step)).toEqual([
      ...['app-1.2.0.oci already there', 'app-1.2.0.oci published'],
      ...['app:1.2.0', 'app:1.2', 'app:latest'].flatMap((each) => [`${each} already there`, `${each} moved`]),
    ])
    for (const tag of ['1.2.0', '1.2', 'latest'])
      expect(await digestsOf(sandbox, tag)).toEqual([image.digest, image.digest])
  })

  test('of this commit is fetched where nothing is pushed, and later steps take what was fetched', async () => {
    const [sandbox, image] = [await tested(), await built('one')]
    const [here] = namesAt(sandbox).split('\n') as [string]
    expect((await pushBuilt(sandbox, image, { images: here })).code).toBe(0)
    const nobody = { PATH: await onlyPath() }
    const fetched = await push(sandbox, image.cwd, { push: 'false' }, nobody)
    expect([fetched.code, fetched.annotations, fetched.outputs.digest]).toEqual([0, [], image.digest])
    const { artifacts } = JSON.parse(readFileSync(join(image.cwd, 'dist', 'manifest.json'), 'utf8'))
    const { project: name, ...described } = await describeImage('app', '1.2.0', image.layout)
    expect(artifacts).toEqual([{ ...described, name, path: 'images/app' }])
    const pushed = await push(sandbox, image.cwd, {}, nobody)
    expect([pushed.code, pushed.annotations, pushed.outputs.digest]).toEqual([0, [], image.digest])
    expect(await digestsOf(sandbox, 'latest')).toEqual([image.digest, image.digest])
  })

  test('as two images of this commit stays as it is', async () => {
    const [sandbox, one, two] = [await tested(), await built('one'), await built('two')]
    const [here, there] = namesAt(sandbox).split('\n') as [string, string]
    await pushBuilt(sandbox, one, { images: here })
    await pushBuilt(sandbox, two, { images: there })
    const n = await last(sandbox)
    const step = await pushBuilt(sandbox, one)
    expect([step.code, titles(step), await changes(sandbox, n)]).toEqual([1, ['conflict'], []])
  })
})

describe('tags', () => {
  test('a backport leaves `latest` where it is, and says why', async () => {
    const [sandbox, newer, older] = [await tested(), await built('new', ofVersion('1.3.0')), await built('old')]
    await pushBuilt(sandbox, newer)
    const step = await pushBuilt(sandbox, older)
    expect(done(step).slice(2)).toEqual([
      ...['app:1.2.0 moved', 'app:1.2.0 moved', 'app:1.2 moved', 'app:1.2 moved'],
      ...['app:latest skipped', 'app:latest skipped'],
    ])
    expect(JSON.parse(step.outputs.receipts as string).at(-1).reason).toBe(
      'latest does not move: 1.3.0 is newer than 1.2.0.',
    )
    expect(step.summary).toContain('latest does not move: 1.3.0 is newer')
    expect(await digestsOf(sandbox, 'latest')).toEqual([newer.digest, newer.digest])
    expect(await digestsOf(sandbox, '1.2')).toEqual([older.digest, older.digest])
  })

  test('a prerelease gets its own only', async () => {
    const [sandbox, image] = [await tested(), await built('one', ofVersion('1.2.0-rc.1'))]
    const step = await pushBuilt(sandbox, image)
    expect([step.code, done(step).slice(2)]).toEqual([0, ['app:1.2.0-rc.1 moved', 'app:1.2.0-rc.1 moved']])
    expect(await digestsOf(sandbox, 'latest')).toEqual([null, null])
  })

  test('other tags come from the input; an invalid one is reported before anything is written', async () => {
    const [sandbox, image] = [await tested(), await built('one')]
    const bad = await pushBuilt(sandbox, image, { tags: 'v{major},a b' })
    expect([bad.code, titles(bad), await sandbox.steer.log()]).toEqual([1, ['image-tag-invalid'], []])
    const step = await pushBuilt(sandbox, image, { tags: 'v{major}\nv{version}-slim' })
    expect(
      done(step)
        .filter((_, index) => index % 2 === 0)
        .slice(1),
    ).toEqual(['app:1.2.0 moved', 'app:v1 moved', 'app:v1.2.0-slim moved'])
  })
})

describe('a layout', () => {
  test('of another commit, with other bytes, or of nothing is not pushed', async () => {
    const [sandbox, image, other] = [await tested(), await built('one'), await built('two', { NEW: '' })]
    const foreign = await pushBuilt(sandbox, { ...image, layout: other.layout })
    expect([foreign.code, titles(foreign)]).toEqual([1, ['image-of-other-commit']])
    const layer = (await readLayout(image.layout)).blobs.at(-1)
    const file = blobFile(image.layout, layer?.digest as string)
    writeFileSync(file, readFileSync(file).fill(0, 10, 12))
    const changed = await pushBuilt(sandbox, image)
    expect([changed.code, titles(changed)]).toEqual([1, ['image-differs']])
    const none = await pushBuilt(sandbox, { ...image, layout: image.cwd })
    expect([none.code, titles(none)]).toEqual([1, ['image-unreadable']])
    expect(await changes(sandbox)).toEqual([])
  })
})
