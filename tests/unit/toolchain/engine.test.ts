import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readLayout, writeLayout } from '@slipway/artifacts/oci/layout'
import type { Command, Finished, Ports } from '@slipway/core/ports'
import { ProblemError } from '@slipway/core/problem'
import type { BuildImageOptions } from '@slipway/toolchain/engine/engine'
import { findEngine } from '@slipway/toolchain/engine/find-engine'
import { machineImage } from '@slipway/toolchain/engine/machine-image'
import { plantLayout, putImage, putIndex } from '../artifacts/oci-images.ts'
import { recordedPorts } from './ports.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'engine,"unit"-'))
  await mkdir(path.join(dir, 'bin'))
  for (const each of ['docker', 'buildah']) {
    await writeFile(path.join(dir, 'bin', each), '')
    await chmod(path.join(dir, 'bin', each), 0o755)
  }
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const EPOCH = 1_700_000_000
const SECRETS = { GITHUB_TOKEN: 'ghs_x', INPUT_PASSWORD: 'x', AWS_SECRET_ACCESS_KEY: 'x' }
const BUILDER = { 'buildx version': { stdout: 'github.com/docker/buildx v0.23.0 28c90ea' } }

function options(changes: Partial<BuildImageOptions> = {}): BuildImageOptions {
  return {
    context: dir,
    file: path.join(dir, 'Dockerfile'),
    buildArgs: { A: 'b c' },
    labels: { 'org.example.x': '1,2' },
    platforms: [],
    sourceDateEpoch: EPOCH,
    out: path.join(dir, 'out'),
    ...changes,
  }
}

/** Ports with recorded answers, and an effect that each command has first. */
function ports(
  answers: Record<string, Partial<Finished>>,
  env: Ports['env'] = {},
  effect: (command: Command) => Promise<unknown> = async () => {},
) {
  const recorded = recordedPorts(answers, { PATH: path.join(dir, 'bin'), ...SECRETS, ...env })
  const { exec } = recorded
  recorded.exec = async (command) => {
    await effect(command)
    return exec(command)
  }
  return recorded
}

/** Returns the value after a flag. */
function after(argv: readonly string[], flag: string): string {
  return argv[argv.indexOf(flag) + 1] as string
}

const BUILDX = {
  ...BUILDER,
  'buildx inspect': { stdout: 'Name:   b\nDriver: docker-container\n' },
  'buildx build': {},
}

test('buildx exports a reproducible layout, also into a folder with a comma in its name', async () => {
  const recorded = ports(BUILDX, {}, async ({ argv }) => {
    if (argv[2] !== 'build') return
    const dest = path.join(dir, '.out.new', 'layout')
    await plantLayout(dest)
    await mkdir(path.join(dest, 'ingest'))
  })
  const engine = await findEngine(recorded, 'auto', [])
  expect(engine).toMatchObject({ name: 'buildx', version: '0.23.0' })
  const platforms = ['linux/amd64', 'linux/arm64']
  await engine.build(options({ target: 'app', annotations: { n: 'o' }, platforms }))
  expect((await readdir(path.join(dir, 'out'))).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
  const { argv, env } = recorded.ran.at(-1) as Command
  for (const name of Object.keys(SECRETS)) expect(env).toEqual(expect.objectContaining({ [name]: undefined }))
  expect(argv.slice(0, 3)).toEqual(['docker', 'buildx', 'build'])
  // RFC 4180: the folder's name has a comma and quotes.
  const dest = `"dest=${path.join(dir, '.out.new', 'layout').replaceAll('"', '""')}"`
  expect(after(argv, '--output')).toBe(`type=oci,tar=false,${dest},rewrite-timestamp=true`)
  expect(argv.join(' ')).toContain(
    `--target app --platform linux/amd64,linux/arm64 --build-arg A=b c --build-arg SOURCE_DATE_EPOCH=${EPOCH} ` +
      `--label org.example.x=1,2 --annotation n=o -- ${dir}`,
  )
  expect(argv).toEqual(expect.arrayContaining(['--provenance=false', '--sbom=false']))
})

test.each<[string, string, string[]]>([
  ['1.28', 'Flags:\n --timestamp', ['--timestamp', String(EPOCH), '--build-arg', `SOURCE_DATE_EPOCH=${EPOCH}`]],
  ['1.41', ' --source-date-epoch --timestamp', ['--source-date-epoch', String(EPOCH), '--rewrite-timestamp']],
])('buildah %s sets the time with the flags that it has', async (_, help, flags) => {
  const recorded = ports(
    {
      'images --quiet': {},
      'images --all': {},
      '--version': { stdout: 'buildah version 1.2.3 (x)' },
      '--help': { stdout: help },
      build: {},
      push: {},
      rmi: {},
    },
    {},
    async ({ argv, cwd }) => {
      if (argv.includes('--iidfile')) await writeFile(after(argv, '--iidfile'), 'sha256:1\n')
      if (argv[1] === 'push') await plantLayout(path.join(cwd, argv.at(-1)?.slice('oci:'.length) as string))
    },
  )
  const engine = await findEngine(recorded, 'buildah', [])
  await engine.build(options())
  const build = recorded.ran.find(({ argv }) => argv.includes('--iidfile'))?.argv ?? []
  expect(build.join(' ')).toContain(`--format oci ${flags.join(' ')} --pull=missing`)
  expect(build).not.toContain(help.includes('--source-date-epoch') ? '--timestamp' : '--source-date-epoch')
  expect(recorded.ran.at(-1)?.argv).toEqual(['buildah', 'rmi', 'sha256:1'])
})

test.each([
  ['buildx', ['--network', 'host', '--allow', 'network.host']],
  ['docker', ['--network', 'host']],
  ['buildah', ['--network', 'host']],
] as const)('commands of a build with %s reach services of this machine only if they must', async (name, flags) => {
  const answers = { ...BUILDX, 'docker image': {}, 'docker build': {}, version: {}, images: {}, '--version': {} }
  const recorded = ports({ ...answers, '--help': {}, build: {} })
  const engine = await findEngine(recorded, name, [])
  const networkOf = async (hostNetwork?: boolean) => {
    // Nothing is built, so the build fails afterwards.
    await engine.build(options({ ...(hostNetwork !== undefined && { hostNetwork }) })).catch(() => {})
    const argv: readonly string[] = recorded.ran.findLast((each) => each.argv.includes('--file'))?.argv ?? []
    const from = argv.indexOf('--file') + 2
    return argv.slice(from, argv.indexOf('--build-arg', from))
  }
  expect([await networkOf(), await networkOf(true)]).toEqual([[], flags])
})

test('an image that buildah had before is not removed', async () => {
  const recorded = ports(
    {
      'images --quiet': {},
      'images --all': { stdout: 'sha256:1\n' },
      '--version': {},
      '--help': {},
      build: {},
      push: {},
    },
    {},
    async ({ argv, cwd }) => {
      if (argv.includes('--iidfile')) await writeFile(after(argv, '--iidfile'), 'sha256:1\n')
      if (argv[1] === 'push') await plantLayout(path.join(cwd, argv.at(-1)?.slice('oci:'.length) as string))
    },
  )
  await (await findEngine(recorded, 'buildah', [])).build(options())
  expect(recorded.ran.map(({ argv }) => argv[1])).not.toContain('rmi')
})

test('no engine’s process has a secret, and all have the logins of registries', async () => {
  const login = { DOCKER_CONFIG: '/d', REGISTRY_AUTH_FILE: '/r' }
  const recorded = ports(
    { ...BUILDX, 'docker image': { code: 1 }, version: {}, pull: {}, images: {}, '--version': {} },
    login,
  )
  await (await findEngine(recorded, 'buildx', [])).provide('a')
  await (await findEngine(recorded, 'docker', [])).provide('a')
  await (await findEngine(recorded, 'buildah', [])).provide('a')
  expect(recorded.ran.length).toBeGreaterThan(5)
  for (const { argv, env } of recorded.ran) {
    for (const name of Object.keys(SECRETS))
      expect([argv, env]).toEqual([argv, expect.objectContaining({ [name]: undefined })])
    expect(Object.keys(env ?? {})).not.toContain('REGISTRY_AUTH_FILE')
    // The folder has no config.json, which older versions of buildah report as a missing login.
    expect(Object.keys(env ?? {}).includes('DOCKER_CONFIG')).toBe(argv[0] === 'buildah')
  }
})

test.each([
  ['127.0.0.1:5000/a', true],
  [`127.9.9.9/a@sha256:${'0'.repeat(64)}`, true],
  ['localhost:5000/a', true],
  ['[::1]:5000/a', true],
  ['a', false],
  ['127.0.0.1.example.invalid/a', false],
  ['localhost.example.invalid/a', false],
  ['10.0.0.1:5000/a', false],
])('buildah pulls %s without TLS: %p', async (reference, plain) => {
  const recorded = ports({ 'images --quiet --no-trunc': { code: 125 }, images: {}, '--version': {}, pull: {} })
  await (await findEngine(recorded, 'buildah', [])).provide(reference)
  expect(recorded.ran.at(-1)?.argv.includes('--tls-verify=false')).toBe(plain)
})

test('a layout replaces an older layout, and no other file', async () => {
  const out = path.join(dir, 'out')
  const recorded = ports(BUILDX, {}, async ({ argv }) => {
    if (argv[2] === 'build') await plantLayout(path.join(dir, '.out.new', 'layout'), [`layer ${recorded.ran.length}`])
  })
  const engine = await findEngine(recorded, 'buildx', [])
  await engine.build(options())
  const { root } = await readLayout(out)
  await engine.build(options())
  expect((await readLayout(out)).root).not.toEqual(root)
  await rm(out, { recursive: true })
  await mkdir(out)
  await writeFile(path.join(out, 'mine'), '')
  await expect(engine.build(options())).rejects.toThrow('ENOTEMPTY')
  expect(await readdir(out)).toEqual(['mine'])
  expect((await readdir(dir)).sort()).toEqual(['bin', 'out'])
})

test('a build without an image is a problem and leaves no file behind', async () => {
  const failure = await (await findEngine(ports(BUILDX), 'buildx', [])).build(options()).catch((cause) => cause)
  expect(failure).toBeInstanceOf(ProblemError)
  expect(failure.problems).toMatchObject([{ code: 'image-unreadable' }])
  expect(await readdir(dir)).toEqual(['bin'])
})

test.each([
  ['x64', 'amd64'],
  ['arm64', 'arm64'],
  ['s390x', null],
])('a machine with %s runs the image for %s', async (arch, architecture) => {
  await writeLayout(dir, await putIndex(dir, [await putImage(dir, ['a'], 'arm64'), await putImage(dir, ['b'])]))
  const chosen = await machineImage(dir, arch).catch((cause) => cause)
  if (architecture) expect(chosen).toMatchObject({ layout: await readLayout(dir), config: { architecture } })
  else expect(chosen.problems).toMatchObject([{ code: 'image-of-other-platforms' }])
})

test('the only image of a layout runs, whatever its platform', async () => {
  await writeLayout(dir, await putImage(dir, ['a'], 'riscv64'))
  expect((await machineImage(dir, 'x64')).config.architecture).toBe('riscv64')
})

test('an image that docker cannot load does not run, and docker’s message is reported', async () => {
  const layout = path.join(dir, 'layout')
  await plantLayout(layout)
  const recorded = ports({
    'docker version': { stdout: '28.0.0' },
    'image inspect': { code: 1 },
    'tar ': {},
    'docker load': { code: 1, stderr: 'no space left on device' },
  })
  const engine = await findEngine(recorded, 'docker', [])
  await expect(engine.run({ layout }, ['true'])).rejects.toMatchObject({
    problems: [{ code: 'image-not-loaded', message: expect.stringContaining('no space left on device') }],
  })
  expect(recorded.ran.filter(({ argv }) => argv.includes('run'))).toEqual([])
})
