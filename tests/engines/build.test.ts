import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from '@jest/globals'
import { imageConfigs, readLayout, verifyLayout } from '@slipway/artifacts/oci/layout'
import { ProblemError } from '@slipway/core/problem'
import { ENGINES, type Engine, type EngineName } from '@slipway/toolchain/engine/engine'
import { findEngine } from '@slipway/toolchain/engine/find-engine'
import { needs } from '../tools.ts'
import { call, type Daemon, type Env } from './daemon.ts'
import { buildahEnv, startBuildkit, startDocker } from './harness.ts'
import { BUSYBOX, options, plantContext, portsWith } from './images.ts'

const test = needs('dockerd', 'docker', 'buildkitd', 'docker-buildx', 'buildah', 'skopeo', 'busybox')

let dir: string
let context: string
const daemons: Daemon[] = []
const envs: Partial<Record<EngineName, Env>> = {}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'engines-'))
  context = await plantContext(join(dir, 'context'))
  const docker = await startDocker(join(dir, 'docker'))
  daemons.push(docker)
  const buildkit = await startBuildkit(docker.env, join(dir, 'buildkit'))
  daemons.push(buildkit)
  envs.docker = docker.env
  envs.buildx = buildkit.env
  envs.buildah = await buildahEnv(join(dir, 'buildah'))
})
afterAll(async () => {
  for (const each of daemons.reverse()) await each.close()
  await rm(dir, { recursive: true, force: true })
})

function engineOf(name: EngineName, env: Env = {}, told?: string[]): Promise<Engine> {
  return findEngine(portsWith({ ...envs[name], ...env }, told), name, [])
}

/** Everything in the stores of Docker and buildah: images, containers. */
async function stores(): Promise<string[]> {
  const [docker, buildah] = [envs.docker as Env, envs.buildah as Env]
  return Promise.all([
    call(docker, 'docker', 'image', 'ls', '--all', '--format', '{{.ID}} {{.Repository}}:{{.Tag}}'),
    call(docker, 'docker', 'ps', '--all', '--quiet'),
    call(buildah, 'buildah', 'images', '--all', '--format', '{{.ID}} {{.Name}}:{{.Tag}}'),
    call(buildah, 'buildah', 'containers', '--quiet'),
  ])
}

describe.each([...ENGINES])('%s', (name) => {
  test('builds a layout with labels and build arguments, and leaves nothing else', async () => {
    const before = await stores()
    const out = join(dir, 'out', name)
    const told: string[] = []
    const engine = await engineOf(name, { DEPLOY_TOKEN: 'hush' }, told)
    await engine.build(
      options(context, out, { target: 'app', buildArgs: { WHO: 'a "b" $c' }, labels: { 'org.example.of': 'x=1, y' } }),
    )
    expect(await verifyLayout(out)).toEqual([])
    expect((await readdir(out)).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
    expect((await readdir(join(dir, 'out'))).filter((each) => each.startsWith('.'))).toEqual([])
    const [config] = await imageConfigs(await readLayout(out))
    expect(config).toMatchObject({ os: 'linux', labels: { 'org.example.of': 'x=1, y' } })
    const skopeo = JSON.parse(await call({}, 'skopeo', 'inspect', `oci:${out}`))
    expect(skopeo.Labels).toMatchObject({ 'org.example.of': 'x=1, y' })
    expect(told.join('\n')).toContain('COPY busybox')

    const said = await engine.run({ layout: out }, [BUSYBOX, 'cat', '/who', '/token'])
    // The token is in the environment of whoever builds, and the Dockerfile asks for it.
    expect(said).toMatchObject({ code: 0, stdout: 'a "b" $c\nof\n' })
    expect((await engine.run({ layout: out }, [BUSYBOX, 'sh', '-c', 'echo out; exit 3'])).code).toBe(3)
    expect(await stores()).toEqual(before)
  })

  test('reaches a service of this machine from a build that must', async () => {
    const asked: string[] = []
    const server = createServer(({ url = '' }, response) => {
      asked.push(url)
      response.end('here')
    })
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
    const PORT = String((server.address() as AddressInfo).port)
    const out = join(dir, 'reaching', name)
    const engine = await engineOf(name)
    await engine.build(options(context, out, { dockerfile: 'Reaching', hostNetwork: true, buildArgs: { PORT } }))
    server.close()
    expect(asked).toEqual(['/'])
    expect((await engine.run({ layout: out }, [BUSYBOX, 'cat', '/got'])).stdout).toBe('here')
  })

  test('tells the last lines of a build that fails', async () => {
    const out = join(dir, 'failed', name)
    const failure = await (await engineOf(name)).build(options(context, out, { dockerfile: 'Failing' })).catch((e) => e)
    expect(failure).toBeInstanceOf(ProblemError)
    expect(failure.problems).toMatchObject([{ code: 'image-build-failed' }])
    expect(failure.message).toContain('what went wrong')
    expect(failure.message).toMatch(/build` failed for Failing \(exit code \d+\)/)
    expect(await readdir(join(dir, 'failed'))).toEqual([])
    expect(await call(envs.docker as Env, 'docker', 'ps', '--all', '--quiet')).toBe('')
  })
})

test('docker runs what buildah built, and buildah what docker built', async () => {
  const before = await stores()
  const [docker, buildah] = [await engineOf('docker'), await engineOf('buildah')]
  for (const [engine, from] of [
    [docker, 'buildah'],
    [buildah, 'docker'],
    [buildah, 'buildx'],
  ] as const) {
    const ran = await engine.run({ layout: join(dir, 'out', from) }, [BUSYBOX, 'cat', '/who'])
    expect(ran).toMatchObject({ code: 0, stdout: 'a "b" $c\n' })
  }
  expect(await stores()).toEqual(before)
})

test.each(['buildx', 'buildah'] as const)('%s builds the same bytes twice, also without its cache', async (name) => {
  const digests: string[] = []
  for (const each of ['once', 'twice']) {
    const out = join(dir, each, name)
    await (await engineOf(name)).build(options(context, out, { target: 'app' }))
    digests.push((await readLayout(out)).root.digest)
    if (name === 'buildx') await call(envs.buildx as Env, 'docker', 'buildx', 'prune', '--all', '--force')
  }
  expect(digests[1]).toBe(digests[0])
})

test.each(['buildx', 'buildah'] as const)('%s builds for two platforms, and the machine runs its own', async (name) => {
  const before = await stores()
  const platforms = ['linux/arm64', 'linux/amd64']
  const out = join(dir, 'platforms', name)
  const engine = await findEngine(portsWith(envs[name] as Env), name, platforms)
  await engine.build(options(context, out, { dockerfile: 'Platforms', platforms, labels: { all: 'yes' } }))
  const layout = await readLayout(out)
  expect(layout.root.mediaType).toContain('index')
  expect(await verifyLayout(out)).toEqual([])
  expect(await imageConfigs(layout)).toMatchObject([
    { architecture: 'arm64', labels: { of: 'arm64', all: 'yes' }, manifest: { platform: { architecture: 'arm64' } } },
    { architecture: 'amd64', labels: { of: 'amd64', all: 'yes' }, manifest: { platform: { architecture: 'amd64' } } },
  ])
  expect(await engine.run({ layout: out }, [BUSYBOX, 'echo', 'here'])).toMatchObject({ code: 0, stdout: 'here\n' })
  expect(await stores()).toEqual(before)
})

test.each([
  ['its old builder', 'docker', 'amd64'],
  ['BuildKit, whatever builder is selected', 'buildx', 'arm64'],
] as const)('docker builds for a platform by %s', async (_, client, architecture) => {
  const before = await stores()
  const out = join(dir, 'platform', client)
  const platforms = [`linux/${architecture}`]
  // Docker's client before 23 uses BuildKit only on request.
  const env = { ...(envs[client] as Env), ...(client === 'buildx' && { DOCKER_BUILDKIT: '1' }) }
  const engine = await findEngine(portsWith(env), 'docker', platforms)
  await engine.build(options(context, out, { dockerfile: 'Platforms', platforms, annotations: { note: 'x' } }))
  expect(await verifyLayout(out)).toEqual([])
  expect(await imageConfigs(await readLayout(out))).toMatchObject([{ os: 'linux', architecture }])
  const { annotations } = JSON.parse(await call({}, 'skopeo', 'inspect', '--raw', `oci:${out}`))
  expect(annotations).toEqual({ note: 'x' })
  expect(await stores()).toEqual(before)
})

test('an image that docker has already, without a name, is run as it is and stays', async () => {
  const docker = envs.docker as Env
  const ids = () => call(docker, 'docker', 'image', 'ls', '--all', '--quiet', '--no-trunc')
  const engine = await engineOf('docker')
  const [layout, archive] = [join(dir, 'out', 'docker'), join(dir, 'archive.tar')]
  await call(docker, 'skopeo', 'copy', '--quiet', `oci:${layout}`, `docker-archive:${archive}`)
  await call(docker, 'docker', 'load', '--quiet', '--input', archive)
  const id = (await imageConfigs(await readLayout(layout)))[0]?.descriptor.digest as string
  expect((await engine.run({ layout }, [BUSYBOX, 'true'])).code).toBe(0)
  expect(await ids()).toContain(id)
  await engine.forget(id)
  expect(await ids()).not.toContain(id)
})
