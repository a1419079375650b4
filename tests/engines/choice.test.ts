import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from '@jest/globals'
import type { EngineName } from '@slipway/toolchain/engine/engine'
import { findEngine } from '@slipway/toolchain/engine/find-engine'
import { needs } from '../tools.ts'
import type { Daemon, Env } from './daemon.ts'
import { buildahEnv, programFile, startBuildkit, startDocker } from './harness.ts'
import { portsWith } from './images.ts'

const test = needs('dockerd', 'docker', 'buildkitd', 'docker-buildx', 'buildah')

let dir: string
let docker: Daemon
let buildkit: Daemon
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'engines-'))
  docker = await startDocker(join(dir, 'docker'))
  buildkit = await startBuildkit(docker.env, join(dir, 'buildkit'))
})
afterAll(async () => {
  await buildkit.close()
  await docker.close()
  await rm(dir, { recursive: true, force: true })
})

/** Variables of a machine that has some programs only. */
async function machine(...programs: string[]): Promise<Env> {
  const PATH = join(dir, `path-${programs.join('-')}`)
  await mkdir(PATH, { recursive: true })
  for (const each of programs) await symlink(await programFile(each), join(PATH, each)).catch(() => {})
  return { ...(await buildahEnv(join(dir, 'buildah'))), PATH }
}

const NOWHERE = { DOCKER_HOST: 'unix:///nowhere/docker.sock' }
const TWO = ['linux/amd64', 'linux/arm64']

/** What is chosen, or the code and the hint of the problem. */
async function choice(env: Env, wanted: EngineName | 'auto', platforms: readonly string[] = []): Promise<string> {
  return findEngine(portsWith(env), wanted, platforms).then(
    (engine) => engine.name,
    (cause) => `${cause.problems[0].code}: ${cause.problems[0].message} ${cause.problems[0].hint}`,
  )
}

test('buildx is first, where its builder exports layouts', async () => {
  const env = { ...(await machine('docker', 'buildah')), ...buildkit.env }
  expect(await choice(env, 'auto')).toBe('buildx')
  expect(await choice(env, 'auto', TWO)).toBe('buildx')
  expect(await choice({ ...env, ...NOWHERE }, 'auto')).toBe('buildx')
  for (const each of ['buildx', 'docker', 'buildah'] as const) expect(await choice(env, each)).toBe(each)
})

test('the default builder leaves the build to docker, and two platforms to buildah', async () => {
  const env = { ...buildkit.env, BUILDX_BUILDER: 'default' }
  const both = { ...(await machine('docker', 'buildah')), ...env }
  expect(await choice(both, 'auto')).toBe('docker')
  expect(await choice(both, 'auto', TWO)).toBe('buildah')
  const alone = { ...(await machine('docker')), ...env }
  expect(await choice(alone, 'auto', ['linux/amd64'])).toBe('docker')
  for (const wanted of ['auto', 'buildx', 'docker'] as const) {
    expect(await choice(alone, wanted, TWO)).toMatch(/^engine-unusable: .*docker buildx create --use/)
  }
})

test('a builder that is gone leaves it to docker', async () => {
  const env = { ...(await machine('docker')), ...buildkit.env, BUILDX_BUILDER: 'gone' }
  expect(await choice(env, 'auto')).toBe('docker')
  expect(await choice(env, 'buildx')).toMatch(/^engine-unusable: The builder of buildx does not answer \(.*gone/)
})

test('docker without buildx builds for one platform', async () => {
  const env = { ...(await machine('docker')), ...docker.env }
  expect(await choice(env, 'auto')).toBe('docker')
  expect(await choice(env, 'auto', TWO)).toMatch(/^engine-unusable: .*docker buildx create --use/)
  expect(await choice(env, 'buildx')).toMatch(/^no-engine: Docker has no buildx plugin/)
  expect(await choice(env, 'buildah')).toMatch(/^no-engine: `buildah` is not on PATH/)
})

test('where the daemon does not answer, buildah is left', async () => {
  const env = { ...docker.env, ...NOWHERE }
  expect(await choice({ ...(await machine('docker', 'buildah')), ...env }, 'auto')).toBe('buildah')
  const alone = { ...(await machine('docker')), ...env }
  for (const wanted of ['auto', 'docker'] as const) {
    expect(await choice(alone, wanted)).toMatch(/^engine-unusable: The Docker daemon does not answer \(.*nowhere/)
  }
})

test('without an engine, the hint names those to install', async () => {
  const env = await machine()
  expect(await choice(env, 'auto')).toMatch(/^no-engine: Neither docker .* nor buildah is on PATH.* Install/)
  for (const wanted of ['buildx', 'docker'] as const) {
    expect(await choice(env, wanted)).toMatch(/^no-engine: `docker` is not on PATH/)
  }
})

test('a builder without a daemon builds, and says so when asked to run', async () => {
  const engine = await findEngine(portsWith({ ...buildkit.env, ...NOWHERE }), 'buildx', [])
  await expect(engine.run({ reference: 'a' }, ['true'])).rejects.toMatchObject({
    problems: [{ code: 'engine-unusable', message: expect.stringContaining('the Docker daemon does not answer') }],
  })
})
