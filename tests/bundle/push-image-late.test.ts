import { join } from 'node:path'
import { describe, expect } from '@jest/globals'
import { writeImage } from '../contract/image.ts'
import type { Env } from '../engines/daemon.ts'
import { ownBuildah } from '../engines/own-buildah.ts'
import { type Tested, temporaryFolder, tested } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { changes, commitOf, done, imageProject, ofVersion, onlyPath, titles } from './push-image.ts'
import { checkout, workflowRun } from './workflow-run.ts'

const test = needs('buildah', 'busybox', 'cargo', 'python3')

const engine = ownBuildah()

const FILES = {
  ...ofVersion('1.0.0'),
  'slipway.toml': '[[images]]\nname = "docker.io/own/app"\nafter = "pypi"\n',
  'py/pyproject.toml':
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "demo.py"\nversion = "1.0.0"\nrequires-python = ">=3.8"\n',
  'py/demo_py/__init__.py': '',
}

const TAGS = ['app:1.0.0', 'app:1.0', 'app:latest']
const ALL = ['app-1.0.0.oci published', ...TAGS.map((each) => `${each} moved`)]
const THERE = ['app-1.0.0.oci', ...TAGS].map((each) => `${each} already there`)

/** A project whose image installs the release, and the jobs of its workflow. */
async function project() {
  const [sandbox, source] = [await tested(), await imageProject(FILES)]
  const { cargo, pypi, dockerhub } = sandbox
  const hub = { 'dockerhub-username': dockerhub.username, 'dockerhub-token': dockerhub.password }
  const tokens = { 'crates-token': cargo.token, 'pypi-token': pypi.token, ...hub }
  const job = await workflowRun(sandbox, await commitOf(source))
  return { sandbox, source, job, hub, tokens }
}

/** Runs the jobs up to the assembled release. Returns its manifest's sha256, as an input. */
async function assembled({ job, source }: Awaited<ReturnType<typeof project>>) {
  const built = checkout(source)
  expect(titles(await job('build-wheels', { package: 'demo.py', upload: 'true' }, built))).toEqual([])
  const early = await job('push-image', { push: 'false', upload: 'true' }, checkout(source), engine)
  expect([early.code, titles(early), early.outputs.digest]).toEqual([0, [], ''])
  expect(early.summary).toContain('once PyPI has the release')
  const step = await job('assemble', { upload: 'true' }, checkout(source))
  expect([step.code, titles(step)]).toEqual([0, []])
  return { 'manifest-sha256': step.outputs['manifest-sha256'] as string }
}

const last = async (sandbox: Tested) => (await sandbox.steer.log()).at(-1)?.n ?? 0
/** Returns what was written to the destinations since request `n`; jobs also write artifacts of the run. */
const sent = async (sandbox: Tested, n: number) =>
  (await changes(sandbox, n)).filter((each) => !/^artifact /.test(each))
const images = async (sandbox: Tested, n = 0) => (await changes(sandbox, n)).filter((each) => / own\/app\b/.test(each))

describe('an image that installs the release from PyPI', () => {
  test('is checked before anything is published, built without secrets, and pushed by its digest', async () => {
    const run = await project()
    const { sandbox, source, job, hub, tokens } = run
    const release = await assembled(run)
    const step = async (name: string, inputs: Record<string, string>, cwd = temporaryFolder(), more: Env = {}) => {
      const ended = await job(name, { ...release, ...inputs }, cwd, more)
      expect([name, ended.code, titles(ended)]).toEqual([name, 0, []])
      return ended
    }
    const report = async () => JSON.parse((await step('report', tokens)).outputs.pending as string) as string[]

    const ready = await step('preflight', tokens)
    expect(ready.summary).toMatch(/docker\.io\/own\/app.*not published yet/)
    const staged = await step('push-image', { push: 'digest', ...hub })
    expect([staged.outputs.digest, await images(sandbox)]).toEqual(['', []])
    await step('create-release', { draft: 'true' })
    await step('publish-crate', { 'crates-token': tokens['crates-token'] })
    expect(await report()).toEqual(['GitHub', 'PyPI', 'docker.io/own/app'])
    await step('publish-pypi', { 'pypi-token': tokens['pypi-token'] })

    // In its own job: no login, and an engine.
    const build = await step('push-image', { push: 'false', upload: 'true' }, checkout(source), engine)
    const digest = build.outputs.digest as string
    expect([digest, await images(sandbox)]).toEqual([expect.stringMatching(/^sha256:/), []])

    // Nothing else is pushed in its place, and no engine is needed.
    const nobody = { PATH: await onlyPath() }
    const other = await job('push-image', { ...release, ...hub, digest: `sha256:${'0'.repeat(64)}` }, temporaryFolder())
    expect([other.code, titles(other), await images(sandbox)]).toEqual([1, ['image-not-trusted'], []])
    const pushed = await step('push-image', { digest, ...hub }, temporaryFolder(), nobody)
    expect([pushed.outputs.digest, done(pushed)]).toEqual([digest, ALL])
    expect(await report()).toEqual(['GitHub'])

    // Run again from its start, the release sends nothing, even if the image was built anew.
    const n = await last(sandbox)
    await step('preflight', tokens)
    const again = await step('push-image', { digest, ...hub }, temporaryFolder(), nobody)
    expect([again.outputs.digest, done(again)]).toEqual([digest, THERE])
    const fetched = await step('push-image', { push: 'false', ...hub }, checkout(source), nobody)
    expect([fetched.outputs.digest, await sent(sandbox, n)]).toEqual([digest, []])
  })

  test('stops the release before anything is published if its tag is taken, or its login is missing', async () => {
    const run = await project()
    const { sandbox, job, hub, tokens } = run
    const release = await assembled(run)
    const { 'dockerhub-token': _, ...incomplete } = tokens
    const missing = await job('preflight', { ...release, ...incomplete }, temporaryFolder())
    expect([missing.code, titles(missing)]).toEqual([1, ['registry-login-missing']])

    const other = await imageProject({ ...FILES, 'slipway.toml': '', 'py/pyproject.toml': '' })
    const [layout, commit] = [join(temporaryFolder(), 'layout'), await commitOf(other)]
    await writeImage(layout, 'app', ['other'], { 'org.opencontainers.image.revision': commit })
    const first = await workflowRun(sandbox, commit, 2, 'none')
    const inputs = { ...hub, images: 'own/app', layout, engine: 'buildah' }
    expect(titles(await first('push-image', inputs, other, engine))).toEqual([])
    const n = await last(sandbox)
    for (const [name, given] of [
      ['preflight', tokens],
      ['publish-crate', { 'crates-token': tokens['crates-token'] }],
    ] as const) {
      const step = await job(name, { ...release, ...given }, temporaryFolder())
      expect([name, step.code, titles(step)]).toEqual([name, 1, ['image-tag-taken']])
    }
    expect(await changes(sandbox, n)).toEqual([])
  })

  test('is built, tested and pushed by one step after publish-pypi, in a job of all steps', async () => {
    const { sandbox, source, job, hub, tokens } = await project()
    const cwd = checkout(source)
    const step = async (name: string, inputs: Record<string, string>, more: Env = {}) => {
      const ended = await job(name, inputs, cwd, more)
      expect([name, ended.code, titles(ended)]).toEqual([name, 0, []])
      return ended
    }
    await step('build-wheels', { package: 'demo.py' })
    expect((await step('push-image', { push: 'false' }, engine)).outputs.digest).toBe('')
    await step('preflight', tokens)
    await step('publish-crate', { 'crates-token': tokens['crates-token'] })
    await step('publish-pypi', { 'pypi-token': tokens['pypi-token'], 'missing-wheels': 'ignore' })
    const failing = { ...hub, engine: 'buildah', 'test-command': 'exit 7' }
    const failed = await job('push-image', failing, cwd, engine)
    expect([failed.code, titles(failed), await images(sandbox)]).toEqual([1, ['verification-failed'], []])
    const pushed = await step('push-image', { ...hub, engine: 'buildah', 'test-command': 'read told < /told' }, engine)
    expect(done(pushed)).toEqual(ALL)
    const n = await last(sandbox)
    const again = await step('push-image', hub, { PATH: await onlyPath() })
    expect([again.outputs.digest, done(again)]).toEqual([pushed.outputs.digest, THERE])
    expect(await changes(sandbox, n)).toEqual([])
  })

  test('needs a checkout in the job that builds it', async () => {
    const run = await project()
    const { job, hub } = run
    const release = await assembled(run)
    const step = await job('push-image', { ...release, ...hub }, temporaryFolder(), engine)
    expect([step.code, titles(step)]).toEqual([1, ['dockerfile-missing']])
  })
})
