import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import { addToManifest } from '@slipway/artifacts/manifest'
import { manifestOf } from '@slipway/core/artifact'
import { descriptionFile } from '@slipway/sandbox/description'
import { writeImage } from '../contract/image.ts'
import type { Env } from '../engines/daemon.ts'
import { buildahEnv } from '../engines/harness.ts'
import { type Passed, recordSandbox } from '../rehearsal/recorder.ts'
import { atEnd, type Tested, temporaryFolder, tested, withSecret, write } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { sdist, WHEEL_NAME, wheelFiles, zip } from '../unit/artifacts/archives.ts'
import { runAction, type Step } from './action.ts'
import { put, SDIST_NAME } from './distributions.ts'
import { repository, WORKSPACE } from './project.ts'
import { commitOf, ofVersion } from './push-image.ts'

const test = needs('buildah', 'cargo')

let dir: string
let buildah: Env
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whole-'))
  buildah = await buildahEnv(join(dir, 'buildah'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const FILES = {
  ...WORKSPACE,
  ...ofVersion('1.0.0'),
  Dockerfile: 'FROM scratch\nCOPY LICENSE /\n',
  LICENSE: 'MIT',
  'compose.yaml': 'services: { app: { build: ., image: "own/app:1.0.0" } }\n',
  'py/pyproject.toml':
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "demo.py"\nversion = "1.0.0"\n',
  'py/demo_py/__init__.py': '',
}

/** End of an archive, and nothing before it (POSIX, "pax"). */
const EMPTY_TAR = '\0'.repeat(1024)

/** A project of crates, a Python package and an image, all of it built; `mark` makes its content another one. */
async function project(mark = ''): Promise<string> {
  const cwd = await repository({ ...FILES, 'core/src/lib.rs': `pub fn two() -> u32 { 2 } // ${mark}\n` })
  const dist = join(cwd, 'dist')
  write(cwd, { 'dist/.keep': '' })
  put(cwd, join('dist', WHEEL_NAME), zip(wheelFiles({ 'demo_py/mark.py': mark })))
  put(cwd, join('dist', SDIST_NAME), sdist({ 'demo_py-1.0.0/mark.py': mark }))
  const revision = await commitOf(cwd)
  const labels = { 'org.opencontainers.image.revision': revision, 'org.opencontainers.image.version': '1.0.0' }
  const image = await writeImage(join(dist, 'images', 'app'), 'app', [EMPTY_TAR], labels)
  const files = [
    await describeFile('wheel', 'demo.py', '1.0.0', join(dist, WHEEL_NAME)),
    await describeFile('sdist', 'demo.py', '1.0.0', join(dist, SDIST_NAME)),
    { ...image, version: '1.0.0' },
  ]
  await addToManifest(
    dist,
    manifestOf({ version: '1.0.0', pythonVersion: '1.0.0', tag: 'v1.0.0', commit: revision, prerelease: false }, files),
  )
  return cwd
}

/** Each destination's own step, with its own secrets only. */
const STEPS: Record<string, (sandbox: Tested) => [name: string, inputs: Record<string, string>]> = {
  crates: ({ cargo }) => ['publish-crate', { 'crates-token': cargo.token }],
  pypi: ({ pypi }) => ['publish-pypi', { 'pypi-token': pypi.token }],
  testpypi: ({ testpypi }) => ['publish-pypi', { 'pypi-token': testpypi.token, repository: 'testpypi' }],
  github: ({ github }) => ['create-release', { 'github-token': github.token, files: 'dist/*' }],
  images: ({ dockerhub }) => [
    'push-image',
    { 'dockerhub-username': dockerhub.username, 'dockerhub-token': dockerhub.password, engine: 'buildah' },
  ],
}
const CHANNELS = Object.keys(STEPS)

function publish(sandbox: Tested, cwd: string, channel: string, more: Record<string, string> = {}): Promise<Step> {
  const [name, inputs] = (STEPS[channel] as (typeof STEPS)[string])(sandbox)
  const wheels: Record<string, string> = /pypi|release/.test(name) ? { 'missing-wheels': 'ignore' } : {}
  const env = { ...buildah, SLIPWAY_SANDBOX: descriptionFile(sandbox.dir), DOCKER_CONFIG: temporaryFolder() }
  return runAction(name, { ...wheels, ...inputs, ...more }, { cwd, env })
}

const effects = async (sandbox: Tested) => (await sandbox.steer.log()).flatMap((each) => each.effect ?? [])
const codes = (step: Step) => {
  return step.annotations.filter((each) => each.name === 'error').map((each) => each.properties.title)
}

/** The sandbox as seen through a recorder, and what was written through it: every request but questions that got a yes. */
async function recorded(sandbox: Tested): Promise<{ seen: Tested; written(): string[] }> {
  const { description, passed, close } = await recordSandbox(sandbox)
  const dir = temporaryFolder()
  atEnd(close)
  write(dir, { 'sandbox.json': JSON.stringify(description) })
  const isWrite = ({ method, status }: Passed) => !/^(?:GET|HEAD)$/.test(method) && (status === null || status < 400)
  const written = () => passed.filter(isWrite).map(({ service, method, path }) => `${service} ${method} ${path}`)
  return { seen: { ...sandbox, ...description, dir }, written }
}

describe.each(CHANNELS)('when %s holds other content under the version', (holder) => {
  test.each(CHANNELS.filter((each) => each !== holder))('the step of %s writes nothing', async (actor) => {
    const sandbox = await tested()
    const held = await publish(sandbox, await project('held'), holder, { 'test-pypi': 'false' })
    expect([held.code, held.annotations]).toEqual([0, []])
    const [before, { seen, written }] = [await effects(sandbox), await recorded(sandbox)]
    const step = await publish(seen, await project('mine'), actor, { 'test-pypi': String(holder === 'testpypi') })
    expect([step.code, codes(step)]).toEqual([1, ['conflict']])
    expect(step.annotations.at(-1)?.message).toContain('This step has sent nothing.')
    expect([await effects(sandbox), written()]).toEqual([before, []])
  })
})

/** Every secret of the release, for the steps that look at all of it. */
function secrets({ cargo, pypi, github, dockerhub }: Tested): Record<string, string> {
  return {
    'crates-token': cargo.token,
    'pypi-token': pypi.token,
    'github-token': github.token,
    'dockerhub-username': dockerhub.username,
    'dockerhub-token': dockerhub.password,
  }
}

function look(
  sandbox: Tested,
  cwd: string,
  name: 'preflight' | 'report',
  inputs: Record<string, string>,
): Promise<Step> {
  const env = { SLIPWAY_SANDBOX: descriptionFile(sandbox.dir), DOCKER_CONFIG: temporaryFolder() }
  return runAction(name, inputs, { cwd, env })
}

test.each([
  ['crates-token', 'token-missing'],
  ['pypi-token', 'token-missing'],
  ['github-token', 'token-missing'],
  ['dockerhub-token', 'registry-login-missing'],
])('a missing %s is an error before anything is written', async (input, code) => {
  const [sandbox, cwd] = [await tested(), await project()]
  const step = await look(sandbox, cwd, 'preflight', { ...secrets(sandbox), [input]: '' })
  expect([step.code, codes(step)]).toEqual([1, [code]])
  expect(await effects(sandbox)).toEqual([])
})

test.each([
  ['crates.io', 'cargo', 'cio-hush-not-the-right-one'],
  ['PyPI', 'pypi', 'pypi-hush-not-the-right-one'],
  ['docker.io', 'dockerhub', 'hush-not-the-right-one'],
  ['GitHub', 'github', 'ghp_hush_not_the_right_one'],
] as const)('a login that %s refuses is an error before anything is written', async (target, remote, secret) => {
  const [sandbox, cwd] = [await tested(), await project()]
  const step = await look(withSecret(sandbox, remote, secret), cwd, 'preflight', secrets(sandbox))
  expect([step.code, await effects(sandbox)]).toEqual([1, []])
  expect(step.annotations.map((each) => each.message).join()).toContain(target)
  expect(step.seen).not.toContain(secret)
})

test('in a sandbox a real token is sent nowhere', async () => {
  const [sandbox, cwd] = [await tested(), await project()]
  const { seen, written } = await recorded(sandbox)
  const real = Object.fromEntries(Object.keys(secrets(sandbox)).map((each) => [each, 'hush-a-real-one']))
  const step = await look(seen, cwd, 'preflight', real)
  expect([step.code, codes(step), written()]).toEqual([0, [], []])
})

test('step by step, the report says what is out, and what is left', async () => {
  const [sandbox, cwd] = [await tested(), await project()]
  const inputs = secrets(sandbox)
  const ready = await look(sandbox, cwd, 'preflight', inputs)
  expect([ready.code, codes(ready)]).toEqual([0, []])
  const report = async () => {
    const { outputs } = await look(sandbox, cwd, 'report', inputs)
    return [JSON.parse(outputs.released as string), JSON.parse(outputs.pending as string)]
  }
  const [HUB, GITHUB] = ['docker.io/own/app', 'GitHub']
  expect(await report()).toEqual([[], [HUB, GITHUB, 'crates.io', 'PyPI']])
  expect((await publish(sandbox, cwd, 'github', { draft: 'true' })).code).toBe(0)
  expect(await report()).toEqual([[], [HUB, GITHUB, 'crates.io', 'PyPI']])
  const half = await look(sandbox, cwd, 'report', inputs)
  expect(half.summary).toMatch(/GitHub.*draft/)
  for (const each of ['crates', 'pypi']) expect((await publish(sandbox, cwd, each)).code).toBe(0)
  expect(await report()).toEqual([
    ['crates.io', 'PyPI'],
    [HUB, GITHUB],
  ])
  for (const each of ['images', 'github']) expect((await publish(sandbox, cwd, each)).code).toBe(0)
  expect(await report()).toEqual([[HUB, GITHUB, 'crates.io', 'PyPI'], []])
  // From the top, nothing is sent again.
  const { seen, written } = await recorded(sandbox)
  for (const each of ['crates', 'pypi', 'images', 'github']) expect((await publish(seen, cwd, each)).code).toBe(0)
  expect(written()).toEqual([])
})

test('a draft is nobody’s yet: what differs is named as such, and replaced on request', async () => {
  const sandbox = await tested()
  const first = await project('first')
  expect((await publish(sandbox, first, 'github', { draft: 'true' })).code).toBe(0)
  const other = await project('other')
  const refused = await publish(sandbox, other, 'github', { draft: 'true' })
  expect([refused.code, codes(refused)]).toEqual([1, ['draft-differs']])
  expect(refused.annotations.at(-1)?.message).not.toMatch(/cannot be replaced|already published/)
  const replaced = await publish(sandbox, other, 'github', { draft: 'true', 'replace-draft-assets': 'true' })
  expect([replaced.code, codes(replaced)]).toEqual([0, []])
  // A second job adds a file: the list of sums has all that the draft holds.
  const added = await publish(sandbox, other, 'github', { draft: 'true', files: 'LICENSE' })
  expect([added.code, codes(added)]).toEqual([0, []])
})
