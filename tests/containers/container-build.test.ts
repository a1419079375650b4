import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { readWheel } from '@slipway/artifacts/wheel'
import { withContainer } from '@slipway/toolchain/container/run'
import { runAction, type Step } from '../bundle/action.ts'
import { commit, repository } from '../bundle/project.ts'
import { call, type Daemon } from '../engines/daemon.ts'
import { BASE, dockerBase, startDocker } from '../engines/harness.ts'
import { BUSYBOX, plantContext, portsWith } from '../engines/images.ts'
import { needs } from '../tools.ts'
import { JANSSON, writeDockerfile } from './jansson.ts'

const test = needs('dockerd', 'docker', 'busybox', 'SLIPWAY_TEST_BASE')

const COMPILER = 'slipway-test/compiler:1'
const STATIC = 'slipway-test/static:1'
/** What installs the library, without network: this daemon's containers have none. */
const INSTALL = 'dpkg -i /debs/*.deb'

let dir: string
let docker: Daemon
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wheels-'))
  docker = await startDocker(join(dir, 'docker'))
  await dockerBase(docker.env)
  const context = await plantContext(join(dir, 'context'))
  writeDockerfile(context, BASE)
  await call(docker.env, 'docker', 'build', '--network', 'host', '--tag', COMPILER, context)
  writeFileSync(
    join(context, 'Static'),
    `FROM scratch\nCOPY busybox ${BUSYBOX}\nRUN ["${BUSYBOX}", "--install", "-s", "/bin"]\n`,
  )
  await call(docker.env, 'docker', 'build', '--tag', STATIC, '--file', join(context, 'Static'), context)
})
afterAll(async () => {
  await docker?.close()
  await rm(dir, { recursive: true, force: true })
})

/** Runs build-wheels without a test on this machine, where the library may be. */
function build(cwd: string, inputs: Record<string, string>): Promise<Step> {
  const all = { 'test-python': 'none', 'test-sdist': 'none', sdist: 'false', ...inputs }
  return runAction('build-wheels', all, { cwd, env: docker.env })
}

const failure = ({ annotations }: Step) => {
  const [first] = annotations.filter((each) => each.name === 'error')
  return [first?.properties.title, first?.message]
}

/** Imports the module of a wheel in the base image, which has Python but not the library. Returns the libraries it loads. */
async function importInBase(wheel: string): Promise<{ said: string; libraries: string[] }> {
  const script = [
    'import sys; sys.path.insert(0, "/unpacked")',
    'import demo_jansson; print(demo_jansson.demo_jansson.version())',
    'print(*{line.split()[-1] for line in open("/proc/self/maps") if "jansson" in line}, sep="\\n")',
  ].join('\n')
  const unpack = `python3 -m zipfile -e ${wheel} /unpacked && test -z "$(ldconfig -p | grep jansson)"`
  const options = { image: BASE, mounts: [{ host: wheel, readOnly: true }] }
  const argv = ['sh', '-ec', `${unpack} && python3 -c '${script}'`] as const
  const finished = await withContainer(portsWith(docker.env), options, (base) => base.run({ argv, cwd: '/' }))
  expect([finished.code, finished.stderr]).toEqual([0, ''])
  const [said = '', ...libraries] = finished.stdout.trim().split('\n')
  return { said, libraries: libraries.sort() }
}

const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

test('a wheel that links a system library is built in a container, and runs where the library is not', async () => {
  const settings = `[packages.demo-jansson]\ncontainer = "${COMPILER}"\nbefore-build = "${INSTALL}"\n`
  const cwd = await repository({ ...JANSSON, 'slipway.toml': settings })
  const hashes = []
  for (const out of ['dist', 'dist-again']) {
    const step = await build(cwd, { out })
    expect([step.code, step.annotations]).toEqual([0, []])
    // The image is named exactly.
    expect(step.stdout).toMatch(
      /^Building demo-jansson in a container of slipway-test\/compiler:1 \(sha256:[0-9a-f]{64}\)\.$/m,
    )
    const [name = ''] = JSON.parse(step.outputs.files as string)
    // glibc 2.34 is the oldest with all symbols that the library needs.
    expect(name).toMatch(/^demo_jansson-1\.2\.0-cp39-abi3-manylinux_2_\d+_x86_64\.whl$/)
    const { files } = await readWheel(join(cwd, out, name))
    expect([...files.keys()].filter((each) => each.includes('libjansson'))).toHaveLength(1)
    hashes.push(hash(join(cwd, out, name)))
    const { said, libraries } = await importInBase(join(cwd, out, name))
    expect(said).toBe('2.14')
    expect(libraries).toEqual([
      expect.stringMatching(/^\/unpacked\/demo_jansson\.libs\/libjansson-/),
      expect.stringMatching(/^\/unpacked\/demo_jansson\/.*\.so$/),
    ])
  }
  expect(hashes[1]).toBe(hashes[0])
  // Cargo's folder for the container is elsewhere, and nothing of the container is left.
  expect(readdirSync(cwd)).not.toContain('target')
  expect(await call(docker.env, 'docker', 'ps', '--all', '--quiet')).toBe('')
})

test('auditwheel repairs into the planned tag, with equal bytes each time', async () => {
  const cwd = await repository(JANSSON)
  const inputs = { container: COMPILER, 'before-build': INSTALL, repair: 'auditwheel', manylinux: '2_36' }
  const hashes = []
  for (const out of ['dist', 'dist-again']) {
    const step = await build(cwd, { ...inputs, out })
    expect([step.code, step.annotations]).toEqual([0, []])
    const name = 'demo_jansson-1.2.0-cp39-abi3-manylinux_2_36_x86_64.whl'
    expect(JSON.parse(step.outputs.files as string)).toEqual([name])
    hashes.push(hash(join(cwd, out, name)))
    expect((await importInBase(join(cwd, out, name))).said).toBe('2.14')
  }
  expect(hashes[1]).toBe(hashes[0])
})

test('without a repair, or if the command before the build fails, the build says so', async () => {
  const cwd = await repository(JANSSON)
  const inputs = { container: COMPILER, 'before-build': INSTALL, manylinux: '2_36' }
  expect(failure(await build(cwd, { ...inputs, repair: 'none' }))).toEqual([
    'wheel-library-missing',
    expect.stringContaining('libjansson.so.4'),
  ])
  expect(failure(await build(cwd, { ...inputs, 'before-build': 'echo no such package; exit 100' }))).toEqual([
    'before-build-failed',
    expect.stringContaining('no such package'),
  ])
})

test('an image without Rust, or without the Python, is reported', async () => {
  const cwd = await repository(JANSSON)
  expect(failure(await build(cwd, { container: STATIC }))).toEqual([
    'container-without-rust',
    expect.stringContaining("this machine's does not run in it"),
  ])
  await commit(cwd, { 'Cargo.toml': (JANSSON['Cargo.toml'] as string).replace('"abi3-py39", ', '') })
  expect(failure(await build(cwd, { container: COMPILER, interpreter: '3.99' }))).toEqual([
    'python-missing',
    expect.stringMatching(
      /^The image slipway-test\/compiler:1 has no CPython 3\.99 to build demo-jansson for; found: 3\.11\.\d+\./,
    ),
  ])
  const step = await build(cwd, { container: COMPILER, 'before-build': INSTALL })
  expect([step.code, step.annotations]).toEqual([0, []])
  expect(JSON.parse(step.outputs.files as string)).toEqual([
    expect.stringMatching(/-cp311-cp311-manylinux_2_\d+_x86_64\.whl$/),
  ])
})
