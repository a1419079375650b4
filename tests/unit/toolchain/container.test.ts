import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { ProblemError } from '@slipway/core/problem'
import { startBuild } from '@slipway/toolchain/container/build-container'
import { startContainer } from '@slipway/toolchain/container/run'
import { recordedPorts } from './ports.ts'

const ID = `sha256:${'0'.repeat(64)}`

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'container-unit-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** Makes a PATH of one folder with these programs. */
async function pathWith(...programs: string[]): Promise<string> {
  const folder = await mkdtemp(join(root, 'bin-'))
  for (const each of programs) {
    const file = join(folder, process.platform === 'win32' ? `${each}.exe` : each)
    await writeFile(file, '')
    await chmod(file, 0o755)
  }
  return folder
}

const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (thrown: ProblemError) => thrown.problems[0],
  )

const answers = { info: { stdout: 'name=seccomp' }, inspect: { stdout: `${ID}\n` }, run: {}, exec: {}, rm: {} }

describe('startContainer', () => {
  test('prefers docker, uses podman where there is no docker, and reports when there is neither', async () => {
    for (const programs of [['docker', 'podman'], ['podman']]) {
      const ports = recordedPorts(answers, { PATH: await pathWith(...programs) })
      await startContainer(ports, { image: 'debian:12' })
      expect(ports.ran[0]?.argv[0]).toMatch(new RegExp(`[/\\\\]${programs[0]}(\\.exe)?$`))
    }
    const none = recordedPorts({}, { PATH: await pathWith() })
    expect(await problemOf(startContainer(none, { image: 'debian:12' }))).toMatchObject({
      code: 'no-engine',
      message: 'Neither docker nor podman is on PATH, so no command can be run in a container.',
    })
    const silent = recordedPorts(
      { info: { code: 1, stderr: 'Cannot connect to the Docker daemon' } },
      { PATH: await pathWith('docker') },
    )
    expect(await problemOf(startContainer(silent, { image: 'debian:12' }))).toMatchObject({
      code: 'engine-unusable',
      message: expect.stringContaining('docker does not answer (Cannot connect to the Docker daemon)'),
    })
  })

  test('passes values by name, so that they are not among the arguments', async () => {
    const PATH = await pathWith('docker')
    const ports = recordedPorts(answers, { PATH, DEPLOY_TOKEN: 'hush' })
    const container = await startContainer(ports, { image: 'debian:12', network: 'host' })
    await container.run({ argv: ['env'], cwd: '/work', env: { INDEX: 'https://u:p@example.invalid', PATH: '/bin' } })
    const ran = ports.ran.find(({ argv }) => argv[1] === 'exec')
    expect(ran?.argv.slice(1)).toEqual([
      ...['exec', '--workdir', '/work', '--env', 'INDEX', '--env', 'PATH=/bin'],
      expect.stringMatching(/^slipway-/),
      'env',
    ])
    expect(ran?.env).toEqual({ DEPLOY_TOKEN: undefined, INDEX: 'https://u:p@example.invalid' })
  })

  test("without root, the container's root is the calling user", async () => {
    const ports = recordedPorts({ ...answers, info: { stdout: 'rootless=true' } }, { PATH: await pathWith('podman') })
    const container = await startContainer(ports, { image: 'debian:12' })
    await container.run({ argv: ['true'], cwd: '/', user: 'caller' })
    expect(ports.ran.at(-1)?.argv.join(' ')).toContain(' --user 0:0 ')
  })

  test('removes what a failed start leaves', async () => {
    const ports = recordedPorts(
      { ...answers, run: { code: 125, stderr: 'exec format error' } },
      { PATH: await pathWith('docker') },
    )
    expect(await problemOf(startContainer(ports, { image: 'debian:12' }))).toMatchObject({
      code: 'container-not-started',
      message: 'docker cannot start a container of debian:12: exec format error',
    })
    expect(ports.ran.at(-1)?.argv.slice(1, 4)).toEqual(['rm', '--force', '--volumes'])
  })
})

test.each(['darwin', 'win32'] as const)('a build in a container is refused on %s', async (platform) => {
  const folders = { dir: root, folder: root, out: root, cacheDir: root, scratch: root }
  const build = startBuild(
    recordedPorts({}),
    { ...folders, image: 'debian:12', network: 'none', programs: [] },
    platform,
  )
  expect(await problemOf(build)).toMatchObject({ code: 'container-needs-linux' })
})

/** Answers of a machine with Rust in a folder. */
const rustIn = (sysroot: string) => ({
  'cargo --version': { stdout: 'cargo 1.90.0\n' },
  sysroot: { stdout: `${sysroot}\n` },
  ' fetch ': {},
  printf: { stdout: '/bin' },
  'rustc -vV': { stdout: 'release: 1.90.0\nhost: x86_64-unknown-linux-gnu\n' },
  'rev-parse': { stdout: `${root}\n` },
  ...answers,
})
const foldersOf = (dir: string) => {
  return { dir, folder: dir, out: dir, cacheDir: join(dir, 'cache'), scratch: join(dir, 'scratch') }
}

test.each([
  ['/opt/rust', true],
  ['/usr', false],
])('Rust in %s is in the container: %s', async (sysroot, isMounted) => {
  const env = { PATH: await pathWith('docker', 'cargo'), CARGO_HOME: join(root, 'cargo') }
  const ports = recordedPorts(rustIn(sysroot), env)
  await startBuild(ports, { ...foldersOf(root), image: 'debian:12', network: undefined, programs: [] }, 'linux')
  const started = ports.ran.find(({ argv }) => argv[1] === 'run')
  expect(started?.argv.includes(`type=bind,source=${sysroot},target=${sysroot},readonly`)).toBe(isMounted)
})

test.each([
  ['docker', 'name=seccomp', true],
  ['podman', 'rootless=true', false],
] as const)('after its command before the build, %s (%s) gives files back: %s', async (engine, info, isGiven) => {
  const getuid = jest.spyOn(process, 'getuid').mockReturnValue(1000)
  try {
    const env = { PATH: await pathWith(engine, 'cargo'), CARGO_HOME: join(root, 'cargo') }
    const ports = recordedPorts({ ...rustIn('/opt/rust'), info: { stdout: info } }, env)
    const build = { image: 'debian:12', programs: [], beforeBuild: 'true' }
    await startBuild(ports, { ...foldersOf(root), ...build }, 'linux')
    // Without root, all files of the user are root's in the container.
    expect(ports.ran.some(({ argv }) => argv.includes('chown'))).toBe(isGiven)
  } finally {
    getuid.mockRestore()
  }
})
