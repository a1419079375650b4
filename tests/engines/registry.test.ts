import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from '@jest/globals'
import { imageConfigs, readLayout } from '@slipway/artifacts/oci/layout'
import type { EngineName } from '@slipway/toolchain/engine/engine'
import { findEngine } from '@slipway/toolchain/engine/find-engine'
import { needs } from '../tools.ts'
import { call, type Daemon, type Env } from './daemon.ts'
import { BASE, buildahBase, buildahEnv, dockerBase, startBuildkit, startDocker, startRegistry } from './harness.ts'
import { BUSYBOX, options, plantContext, portsWith } from './images.ts'

const test = needs(
  ...['dockerd', 'docker', 'buildkitd', 'docker-buildx', 'buildah', 'skopeo', 'busybox', 'docker-registry'],
  'SLIPWAY_TEST_BASE',
)

let dir: string
let context: string
let host: string
/** An image in the registry, by its digest. */
let reference: string
const daemons: Daemon[] = []
const envs: Partial<Record<EngineName, Env>> = {}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'engines-'))
  context = await plantContext(join(dir, 'context'))
  const registry = await startRegistry(join(dir, 'registry'))
  const docker = await startDocker(join(dir, 'docker'))
  const buildkit = await startBuildkit(docker.env, join(dir, 'buildkit'), registry.host)
  daemons.push(registry, docker, buildkit)
  host = registry.host
  Object.assign(envs, { docker: docker.env, buildx: buildkit.env, buildah: await buildahEnv(join(dir, 'buildah')) })

  const layout = join(dir, 'layout')
  const engine = await findEngine(portsWith(envs.buildah as Env), 'buildah', [])
  await engine.build(options(context, layout, { target: 'app', buildArgs: { WHO: 'me' } }))
  await call({}, 'skopeo', 'copy', '--quiet', '--dest-tls-verify=false', `oci:${layout}`, `docker://${host}/team/app:1`)
  reference = `${host}/team/app@${(await readLayout(layout)).root.digest}`
})
afterAll(async () => {
  for (const each of daemons.reverse()) await each.close()
  await rm(dir, { recursive: true, force: true })
})

/** Images in an engine's store. */
function images(name: EngineName): Promise<string> {
  const [program, ...args] = name === 'buildah' ? ['buildah', 'images'] : ['docker', 'image', 'ls']
  return call(envs[name] as Env, program as string, ...args, '--all', '--quiet')
}

describe.each(['docker', 'buildah', 'buildx'] as const)('%s', (name) => {
  test('runs a published image by its digest, and keeps nothing', async () => {
    const engine = await findEngine(portsWith(envs[name] as Env), name, [])
    expect(await engine.run({ reference }, [BUSYBOX, 'cat', '/who'])).toMatchObject({ code: 0, stdout: 'me\n' })
    expect(await images(name)).toBe('')
  })

  test('gives the reason in one line if an image cannot be pulled', async () => {
    const engine = await findEngine(portsWith(envs[name] as Env), name, [])
    const absent = `${host}/team/absent:1`
    expect(await engine.provide(absent)).toMatch(/^[^\n]*(not found|unknown)[^\n]*$/)
    await expect(engine.run({ reference: absent }, ['true'])).rejects.toMatchObject({
      problems: [{ code: 'image-not-pulled' }],
    })
  })
})

test.each(['docker', 'buildah'] as const)('%s provides an image, runs it and forgets it', async (name) => {
  const engine = await findEngine(portsWith(envs[name] as Env), name, [])
  for (const each of [reference, `${host}/team/app:1`]) {
    expect(await engine.provide(each)).toBeNull()
    const stored = await images(name)
    expect(stored).not.toBe('')
    expect(await engine.provide(each)).toBeNull()
    expect(await engine.run({ reference: each }, [BUSYBOX, 'cat', '/who'])).toMatchObject({ code: 0, stdout: 'me\n' })
    expect(await images(name)).toBe(stored)
    await engine.forget(each)
    expect(await images(name)).toBe('')
  }
})

test('every engine builds on a base image that is at hand, and runs what it built', async () => {
  const buildah = envs.buildah as Env
  await dockerBase(envs.docker as Env)
  await buildahBase(buildah)
  // BuildKit asks a registry, which mirrors Docker Hub here.
  const target = [`docker.io/library/${BASE}`, `docker://${host}/library/${BASE}`]
  await call(buildah, 'buildah', 'push', '--quiet', '--disable-compression', '--tls-verify=false', ...target)
  const dockerfile = `FROM ${BASE}\nRUN python3 -c "print(open('/etc/os-release').read())" > /told\nUSER nobody\n`
  await writeFile(join(context, 'Based'), dockerfile)
  const script = 'import getpass; print(getpass.getuser(), open("/told").read())'
  for (const name of ['docker', 'buildah', 'buildx'] as const) {
    const engine = await findEngine(portsWith(envs[name] as Env), name, [])
    const before = await images(name)
    expect(await engine.provide(BASE)).toBeNull()
    const out = join(dir, `based-${name}`)
    await engine.build(options(context, out, { dockerfile: 'Based' }))
    expect(await imageConfigs(await readLayout(out))).toHaveLength(1)
    const ran = await engine.run({ layout: out }, ['python3', '-c', script])
    expect(ran.stdout).toMatch(/^nobody PRETTY_NAME="Debian/)
    expect(await images(name)).toBe(before)
  }
})
