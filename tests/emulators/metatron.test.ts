import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import type { Artifact } from '@slipway/core/artifact'
import { fetchHttp } from '@slipway/core/effects/http'
import { EMULATORS } from '@slipway/core/emulators'
import type { PlannedPackage } from '@slipway/core/plan'
import { ProblemError } from '@slipway/core/problem'
import { PUBLIC } from '@slipway/registries/endpoints'
import { executeWheels } from '@slipway/release/verify/execute-wheels'
import { findPythons } from '@slipway/toolchain/python'
import { runAction } from '../bundle/action.ts'
import { exampleRepository } from '../bundle/project.ts'
import { call, type Daemon } from '../engines/daemon.ts'
import { startDocker } from '../engines/harness.ts'
import { temporaryFolder } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { realPorts } from '../unit/toolchain/ports.ts'
import { changed, type Files, moduleIn, replaceText } from './broken.ts'
import { crossEnvironment, windowsLibraries } from './cross.ts'

const tools = ['dockerd', 'docker', 'qemu-aarch64-static', 'wine64', 'x86_64-w64-mingw32-gcc']
const test = needs(...tools, 'SLIPWAY_TEST_RUST', 'SLIPWAY_TEST_OLD_BASE')

/** An image with glibc 2.31, older than the machine's. */
const OLD_IMAGE = 'slipway-test/debian:11'

/** What must not reach the code of a project, nor what runs it. */
const SECRETS = { DEPLOY_TOKEN: 'hush', ACTIONS_RUNTIME_TOKEN: 'hush', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'hush' }
const NO_SECRETS = `python -c "import os; assert 'hush' not in os.environ.values()"`

const ports = { ...realPorts({ ...process.env }), http: fetchHttp }

let dir: string
let docker: Daemon
/** The repository in which every wheel is built once. */
let cwd: string
/** The built wheels, by a word of their file name. */
const wheels = new Map<string, Artifact>()
const wheel = (word: string): Artifact => {
  const [, found] = [...wheels].find(([filename]) => filename.includes(word)) ?? []
  if (!found) throw new Error(`no wheel for ${word} was built`)
  return found
}

beforeAll(async () => {
  // A socket's path is short.
  dir = await mkdtemp(join(tmpdir(), 'emulate-'))
  docker = await startDocker(join(dir, 'docker'))
  await call(docker.env, 'docker', 'import', process.env.SLIPWAY_TEST_OLD_BASE as string, OLD_IMAGE)
  cwd = await exampleRepository(dir)
})
afterAll(async () => {
  await docker?.close()
  await rm(dir, { recursive: true, force: true })
})

/** Builds wheels with the action; returns the manifest's entries and the summary. */
async function build(inputs: Record<string, string>, env: Record<string, string | undefined>) {
  const begun = Date.now()
  const no = { sdist: 'false', 'test-sdist': 'none', upload: 'false' }
  const out = `dist-${inputs.target?.split('\n')[0]}`
  const step = await runAction('build-wheels', { ...no, ...inputs, out }, { cwd, env: { ...SECRETS, ...env } })
  expect(step.annotations.filter((each) => each.name === 'error')).toEqual([])
  expect(step.code).toBe(0)
  const { artifacts } = JSON.parse(readFileSync(join(cwd, out, 'manifest.json'), 'utf8')) as { artifacts: Artifact[] }
  for (const { filename } of artifacts) {
    wheels.set(filename, await describeFile('wheel', 'metatron-qso', '0.1.0', join(cwd, out, filename)))
  }
  process.stderr.write(
    `minutes: ${inputs.target?.replaceAll('\n', ', ')} ${((Date.now() - begun) / 60_000).toFixed(1)}\n`,
  )
  // As people see it: characters of Markdown are escaped.
  const summary = step.summary.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
  return { artifacts, summary }
}

test('a Linux wheel runs on every Python present, and in a container with an older glibc', async () => {
  const question = `python3 -c "import os; print(os.confstr('CS_GNU_LIBC_VERSION'))"`
  expect(await call(docker.env, 'docker', 'run', '--rm', OLD_IMAGE, 'sh', '-c', question)).toBe('glibc 2.31')
  const { artifacts, summary } = await build(
    {
      target: 'x86_64-unknown-linux-gnu',
      'test-container': OLD_IMAGE,
      'test-command': `${NO_SECRETS} && python -c "import scs" && ls {package}/pyproject.toml`,
      'require-executed': 'true',
    },
    docker.env,
  )
  const present = (await findPythons(ports)).filter((each) => each.venv && !each.freeThreaded)
  const minors = new Set(present.map((each) => each.version.replace(/\.\d+$/, '')))
  const pythons = [...minors].map((each) => expect.stringMatching(new RegExp(`^${each}\\.\\d+$`)))
  expect(artifacts).toMatchObject([
    {
      filename: expect.stringMatching(/^metatron_qso-0\.1\.0-cp38-abi3-.*manylinux_2_17_x86_64.*\.whl$/),
      executed: [
        { machine: 'Linux x86_64', pythons },
        { machine: `Linux x86_64 (${OLD_IMAGE} container)`, pythons: ['3.9.2'] },
      ],
    },
  ])
  expect(summary).toContain(`Linux x86_64 (${OLD_IMAGE} container): Python 3.9.2`)
})

test('an aarch64 wheel runs under qemu; wheels for macOS are only inspected', async () => {
  const { artifacts, summary } = await build(
    {
      target: 'aarch64-unknown-linux-gnu\naarch64-apple-darwin\nx86_64-apple-darwin',
      'test-command': `${NO_SECRETS} && python -c "import os; assert os.uname().machine == 'aarch64'"`,
    },
    crossEnvironment(),
  )
  const inspected = { notExecuted: 'it is for another platform than this Linux x86_64' }
  expect(artifacts).toMatchObject([
    {
      filename: expect.stringMatching(/^metatron_qso-0\.1\.0-cp38-abi3-.*manylinux_2_17_aarch64.*\.whl$/),
      executed: [{ machine: 'Linux aarch64 (qemu)', pythons: ['3.11.2', '3.14.3'] }],
    },
    { filename: expect.stringMatching(/-macosx_\d+_\d+_arm64\.whl$/), ...inspected },
    { filename: expect.stringMatching(/-macosx_\d+_\d+_x86_64\.whl$/), ...inspected },
  ])
  expect(summary).toContain('Linux aarch64 (qemu): Python 3.11.2, 3.14.3')
  expect(summary).toContain(`no: ${inspected.notExecuted}`)
})

test('a Windows wheel runs under wine on two Pythons, with the tests of its package', async () => {
  const { artifacts, summary } = await build(
    {
      target: 'x86_64-pc-windows-gnu',
      // maturin's zig lacks libraries that Rust's own linker for Windows has.
      zig: 'false',
      'test-python': '3.12, 3.13',
      'test-requires': 'pytest',
      'test-command': `${NO_SECRETS}\npytest -q -p no:cacheprovider {package}/tests`,
      'require-executed': 'true',
    },
    { ...crossEnvironment(), ...(await windowsLibraries(ports)) },
  )
  expect(artifacts).toMatchObject([
    {
      filename: 'metatron_qso-0.1.0-cp38-abi3-win_amd64.whl',
      executed: [{ machine: 'Windows x86_64 (wine)', pythons: ['3.12.1', '3.13.5'] }],
    },
  ])
  expect(summary).toContain('Windows x86_64 (wine): Python 3.12.1, 3.13.5')
})

const planned: PlannedPackage = {
  name: 'metatron-qso',
  version: '0.1.0',
  path: 'metatron_qso_py',
  backend: 'maturin',
  abi3: 'cp38',
  imports: ['metatron_qso', 'metatron_qso._metatron_qso_internal', 'scs'],
}

/** Executes a wheel on the lowest Python that is for it; returns its entry, or the problem. */
async function executed(artifact: Artifact, env: Record<string, string | undefined> = process.env) {
  const elsewhere = { emulators: EMULATORS, containers: [], sources: PUBLIC.archives }
  const options = { folder: temporaryFolder(), pythons: 'lowest', elsewhere } as const
  return executeWheels({ ...ports, ...realPorts(env), http: fetchHttp }, { packages: [planned] }, [artifact], options)
    .then(([only]) => only)
    .catch((cause) => {
      if (cause instanceof ProblemError) return cause.problems[0]
      throw cause
    })
}

/** The systems, by a word of the wheel's file name, with a word of the message that the import failed there. */
const SYSTEMS = [
  ['manylinux_2_17_x86_64', 'Python 3.'],
  ['manylinux_2_17_aarch64', 'Python 3.11.2, Linux aarch64 (qemu)'],
  ['win_amd64', 'Python 3.9.6, Windows x86_64 (wine)'],
] as const

const INIT = 'metatron_qso/__init__.py'

/** What is broken in a wheel, and a part of what Python says. */
const FAULTS: [string, (files: Files) => void, RegExp][] = [
  [
    'raises at its import',
    (files) => {
      files[INIT] = Buffer.from('raise RuntimeError("no luck")\n')
    },
    /RuntimeError: no luck/,
  ],
  [
    'has no PyInit_ function',
    (files) => replaceText(files, moduleIn(files), 'PyInit__metatron', 'PyXnit__metatron'),
    /does not define module export function \(PyInit__metatron_qso_internal\)/,
  ],
  [
    'reports another version',
    (files) => {
      files[INIT] = Buffer.from(`${Buffer.from(files[INIT] as Uint8Array)}\n__version__ = "0.1.1"\n`)
    },
    /reports version 0\.1\.1/,
  ],
]

test.each(
  SYSTEMS.flatMap(([system, where]) => FAULTS.map(([what, change, said]) => ({ system, where, what, change, said }))),
)('a wheel for $system that $what is refused', async ({ system, where, change, said }) => {
  const refused = await executed(await changed(wheel(system).path, change))
  expect(refused).toMatchObject({
    code: expect.stringMatching(/^(verification-failed|installed-version-differs)$/),
    message: expect.stringMatching(said),
  })
  if (refused && 'code' in refused && refused.code === 'verification-failed') {
    expect(refused.message).toContain(where)
  }
})

test('a Windows wheel that needs a DLL that nobody has is refused by inspection, and under wine', async () => {
  const broken = await changed(wheel('win_amd64').path, (files) => {
    replaceText(files, moduleIn(files), 'KERNEL32.dll', 'KERNEL99.dll')
  })
  expect(await executed(broken)).toMatchObject({
    code: 'verification-failed',
    message: expect.stringMatching(/DLL load failed/),
  })
  const problems = await inspectArtifacts([broken], { packages: [planned] } as never)
  expect(problems.map((each) => each.message).join()).toContain('KERNEL99.dll')
})

test.each([
  ['manylinux_2_17_x86_64', 'manylinux_2_17_aarch64'],
  ['manylinux_2_17_aarch64', 'manylinux_2_17_x86_64'],
  ['win_amd64', 'manylinux_2_17_aarch64'],
])('a wheel for %s with the module of %s is refused by inspection, and where it runs', async (system, other) => {
  let module: Uint8Array = Buffer.alloc(0)
  await changed(wheel(other).path, (files) => {
    module = files[moduleIn(files)] as Uint8Array
  })
  const broken = await changed(wheel(system).path, (files) => {
    files[moduleIn(files)] = module
  })
  expect(await executed(broken)).toMatchObject({ code: 'verification-failed' })
  const problems = await inspectArtifacts([broken], { packages: [planned] } as never)
  expect(problems.filter((each) => each.severity === 'error').length).toBeGreaterThan(0)
})

test('without qemu, the wheel is only inspected, and the reason says what to install', async () => {
  const found = (await findPythons(ports)).filter((each) => each.venv)
  // Programs of this folder are enough.
  const env = { ...process.env, PATH: join(found[0]?.path ?? '', '..') }
  expect(await executed(wheel('manylinux_2_17_aarch64'), env)).toMatchObject({
    notExecuted: 'qemu for aarch64 is not installed (on Debian and Ubuntu the package qemu-user-static)',
  })
})
