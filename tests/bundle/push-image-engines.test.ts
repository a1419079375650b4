import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { imageConfigs, readLayout } from '@slipway/artifacts/oci/layout'
import type { EngineName } from '@slipway/toolchain/engine/engine'
import { call, type Daemon, type Env } from '../engines/daemon.ts'
import { buildahBase, buildahEnv, startBuildkit, startDocker } from '../engines/harness.ts'
import { makeWheel, temporaryFolder, tested } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { exampleRepository } from './project.ts'
import {
  changes,
  commitOf,
  digestsOf,
  done,
  imageProject,
  loggedIn,
  namesAt,
  onlyPath,
  push,
  titles,
  watched,
} from './push-image.ts'

const TOOLS = ['dockerd', 'docker', 'buildkitd', 'docker-buildx', 'buildah', 'skopeo', 'busybox']
const test = needs(...TOOLS)

let dir: string
const daemons: Daemon[] = []
const envs: Partial<Record<EngineName, Env>> = {}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'push-'))
  const docker = await startDocker(join(dir, 'docker'))
  daemons.push(docker)
  const buildkit = await startBuildkit(docker.env, join(dir, 'buildkit'))
  daemons.push(buildkit)
  Object.assign(envs, { docker: docker.env, buildx: buildkit.env, buildah: await buildahEnv(join(dir, 'buildah')) })
})
afterAll(async () => {
  for (const each of daemons.reverse()) await each.close()
  await rm(dir, { recursive: true, force: true })
})

const TAGS = ['app:1.2.0', 'app:1.2', 'app:latest']
/** What is done for both registries when nothing of it was there. */
const ALL = ['app-1.2.0.oci', ...TAGS].flatMap((each) => {
  const status = each.includes(':') ? 'moved' : 'published'
  return [`${each} ${status}`, `${each} ${status}`]
})

test.each(['docker', 'buildah', 'buildx'] as const)(
  '%s builds once, what is tested is pushed to both registries',
  async (engine) => {
    const [sandbox, cwd] = [await tested(), await imageProject()]
    const layout = join(temporaryFolder(), 'layout')
    const seen = await watched('docker', 'buildah')
    const secrets = { DEPLOY_TOKEN: 'hush-build', DOCKERHUB_TOKEN: 'hush-hub' }
    const env: Env = { ...envs[engine], ...secrets, PATH: seen.path }
    // The engine's own folder of settings, since buildx keeps its builders there.
    const settings = env.DOCKER_CONFIG ?? temporaryFolder()
    loggedIn(sandbox, undefined, settings)
    env.DOCKER_CONFIG = settings
    const inputs = {
      engine,
      layout,
      'build-args': 'WHO=me',
      labels: 'org.example.of=a = "b"',
      'test-command': 'read told < /told; test "$told" = "me of"',
      'dockerhub-username': 'me',
      'dockerhub-token': 'hush-input',
    }

    const built = await push(sandbox, cwd, { ...inputs, push: 'false' }, env, 'hush-github')
    expect([built.code, built.annotations, done(built), await changes(sandbox)]).toEqual([0, [], [], []])
    const { root } = await readLayout(layout)
    expect(built.outputs).toMatchObject({ digest: root.digest, receipts: '[]' })
    const [config] = await imageConfigs(await readLayout(layout))
    expect(config?.labels).toMatchObject({
      'org.example.of': 'a = "b"',
      'org.opencontainers.image.version': '1.2.0',
      'org.opencontainers.image.revision': await commitOf(cwd),
      'org.opencontainers.image.created': '2025-01-02T03:04:05.000Z',
    })

    const failing = { ...inputs, 'test-command': 'echo out of order; exit 7' }
    const failed = await push(sandbox, cwd, failing, env, 'hush-github')
    expect([failed.code, titles(failed), await changes(sandbox)]).toEqual([1, ['verification-failed'], []])
    expect(failed.annotations[0]?.message).toMatch(/\(exit 7\):\nout of order/)

    const pushed = await push(sandbox, cwd, inputs, env, 'hush-github')
    expect([pushed.code, pushed.annotations, done(pushed)]).toEqual([0, [], ALL])
    const images = namesAt(sandbox)
      .split('\n')
      .map((each) => `${each}@${root.digest}`)
    expect([pushed.outputs.digest, pushed.outputs.images]).toEqual([root.digest, images.join('\n')])
    for (const tag of ['1.2.0', '1.2', 'latest'])
      expect(await digestsOf(sandbox, tag)).toEqual([root.digest, root.digest])
    for (const each of ['### Published', 'moved', root.digest.slice('sha256:'.length, 19)])
      expect(pushed.summary).toContain(each)
    expect(seen.argv().filter((each) => /^(buildx )?build /.test(each) && !each.endsWith('--help'))).toHaveLength(1)

    // Nobody is there who could build, and there is no layout.
    const before = (await sandbox.steer.log()).at(-1)?.n as number
    const again = await push(sandbox, cwd, { 'test-command': 'false' }, { PATH: await onlyPath() })
    expect([again.code, again.annotations, again.outputs.digest]).toEqual([0, [], root.digest])
    expect(new Set(done(again).map((each) => each.replace(/^\S+ /, '')))).toEqual(new Set(['already there']))
    expect(await changes(sandbox, before)).toEqual([])
    expect((await sandbox.steer.log(before)).filter((each) => each.method !== 'HEAD' && each.method !== 'GET')).toEqual(
      [],
    )

    expect(seen.env()).toMatch(/^GITHUB_WORKSPACE=/m)
    const { dockerhub, ghcr } = sandbox
    const hidden = [
      'hush',
      ...[dockerhub, ghcr].flatMap(({ username, password }) => [
        password,
        Buffer.from(`${username}:${password}`).toString('base64'),
      ]),
    ]
    const told = [
      built.seen,
      pushed.seen,
      again.seen,
      seen.argv().join('\n'),
      seen.env(),
      JSON.stringify(await sandbox.steer.log()),
    ].join('\n')
    for (const each of hidden) expect(told).not.toContain(each)
  },
)

test('buildx builds for two platforms, and both go to both registries as one image', async () => {
  const Dockerfile = 'FROM scratch\nARG TARGETARCH\nCOPY busybox /bin/sh\nLABEL of=$TARGETARCH\n'
  const [sandbox, cwd] = [await tested(), await imageProject({ Dockerfile })]
  const env = envs.buildx as Env
  loggedIn(sandbox, undefined, env.DOCKER_CONFIG)
  const inputs = { platforms: 'linux/amd64,linux/arm64', engine: 'buildx', 'test-command': 'echo here' }
  const step = await push(sandbox, cwd, inputs, env)
  expect([step.code, step.annotations, done(step)]).toEqual([0, [], ALL])
  const digest = step.outputs.digest as string
  expect(await digestsOf(sandbox, 'latest')).toEqual([digest, digest])
  for (const image of (step.outputs.images as string).split('\n')) {
    const skopeo = ['inspect', '--tls-verify=false', '--authfile', join(env.DOCKER_CONFIG as string, 'config.json')]
    const { manifests } = JSON.parse(await call({}, 'skopeo', ...skopeo, '--raw', `docker://${image}`))
    const platforms = manifests.map((each: { platform: { architecture: string } }) => each.platform.architecture)
    expect(platforms).toEqual(['amd64', 'arm64'])
    for (const arch of platforms) {
      const config = await call({}, 'skopeo', '--override-arch', arch, ...skopeo, '--config', `docker://${image}`)
      expect(JSON.parse(config)).toMatchObject({ architecture: arch, config: { Labels: { of: arch } } })
    }
  }
  const again = await push(sandbox, cwd, {}, { PATH: await onlyPath() })
  expect([again.code, again.outputs.digest]).toEqual([0, digest])
})

needs(...TOOLS, 'SLIPWAY_TEST_BASE')(
  'an image whose wheel says another version is not pushed; one that says this version is',
  async () => {
    const [sandbox, cwd, env] = [await tested(), await exampleRepository(), envs.buildah as Env]
    await buildahBase(env)
    /** Puts the wheel of the release into dist, whose module says this version. */
    const saying = (version: string) => {
      const files = { 'metatron_qso/__init__.py': `__version__ = '${version}'\n`, 'scs/__init__.py': '' }
      const { filename, bytes } = makeWheel({ name: 'metatron-qso', version: '0.1.0', files })
      mkdirSync(join(cwd, 'dist'), { recursive: true })
      writeFileSync(join(cwd, 'dist', filename), bytes)
    }
    saying('9.9.9')
    const wrong = await push(sandbox, cwd, { engine: 'buildah' }, env)
    expect([wrong.code, titles(wrong), await changes(sandbox)]).toEqual([1, ['installed-version-differs'], []])
    expect(wrong.annotations[0]?.message).toContain('9.9.9')
    saying('0.1.0')
    const inputs = { engine: 'buildah', 'test-command': 'python3 -c "import scs" && test "$(id -un)" = qdash' }
    const right = await push(sandbox, cwd, inputs, env)
    expect([right.code, right.annotations, done(right).slice(2, 4)]).toEqual([
      0,
      [],
      ['app:0.1.0 moved', 'app:0.1.0 moved'],
    ])
  },
)
