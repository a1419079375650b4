import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { controlClient } from '@slipway/sandbox/control'
import { startSandbox } from '@slipway/sandbox/start'
import { lockFolder } from '../../packages/cli/src/rehearse/lock.ts'
import { type Rehearsed, ROOT, rehearse, rehearsedExample, remove, slipway } from './example.ts'

const EXAMPLE = join(ROOT, 'examples', 'metatron')
const folders: string[] = []
const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), 'slipway-test-'))
  folders.push(made)
  return made
}
afterAll(() => Promise.all(folders.map(remove)))

let example: Rehearsed
beforeAll(async () => {
  example = await rehearsedExample()
  folders.push(example.state)
})

describe('the example', () => {
  test('goes through: crate, wheel and sdist out, everything installed back, nothing sent again', () => {
    const { code, stderr, report } = example
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(report).toMatchObject({ schema: 1, version: '0.1.0' })
    expect(report.problems.filter((each) => each.severity !== 'notice')).toEqual([])
    const done = report.receipts.map(({ publisher, target, status }) => `${publisher} ${target} ${status}`)
    expect(new Set(done)).toEqual(
      new Set([
        'crates crates.io skipped',
        'github GitHub release v0.1.0 published',
        'pypi Test PyPI published',
        'crates crates.io published',
        'pypi PyPI published',
        'github GitHub release v0.1.0 moved',
      ]),
    )
    expect(report.receipts.find((each) => each.status === 'skipped')).toMatchObject({
      artifact: 'metatron_qso_py 0.1.0',
      reason: expect.stringContaining('extension module'),
    })
    const [first, second] = report.passes
    expect(first?.bytesSent).toBeGreaterThan(100_000)
    expect(second).toMatchObject({ bytesSent: 0 })
  })

  test('the wheel was installed on every Python that it is for', () => {
    const pythons = example.report.installed.filter((each) => each.where.startsWith('Python'))
    expect(pythons.length).toBeGreaterThan(0)
    expect(pythons.map(({ what, version }) => ({ what, version }))).toEqual(
      pythons.map(() => ({ what: 'metatron-qso', version: '0.1.0' })),
    )
    expect(example.report.installed).toContainEqual({ what: 'metatron-qso', where: 'cargo build', version: '0.1.0' })
    expect(example.report.installed.map((each) => each.what)).toContain('release assets')
  })

  test('what is not done is named, and a failure when it is required', async () => {
    expect(example.report.notRehearsed.map((each) => each.what)).toEqual(expect.arrayContaining(['images', 'docs']))
    const again = await rehearse(null, { state: example.state, args: ['--require', 'images'] })
    expect(again.code).toBe(1)
    expect(again.report.problems).toContainEqual(expect.objectContaining({ code: 'not-rehearsed', severity: 'error' }))
    // Run again with what was built: both passes send nothing.
    expect(again.report.passes.map((each) => each.bytesSent)).toEqual([0, 0])
    expect(again.stdout).not.toContain('build wheels')
    expect(again.stdout).toContain('not rehearsed')
  })

  test('the lines are plain where nobody watches', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are looked for
    expect(example.stdout).not.toMatch(/[\u001b\r]/)
    expect(example.stdout).toMatch(/✓ +\d+\.\d s {2}preflight/)
  })

  test('README prints this command, and the lines of its steps', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
    const [, command = '', printed = ''] = /```sh\n(.*)\n```\s*```text\n([\s\S]*?)```/.exec(readme) ?? []
    expect(command).toBe('node dist/slipway.js rehearse')
    const steps = (text: string) => [...text.matchAll(/^✓ +[\d.]+ s {2}(.+)$/gm)].map(([, title]) => title)
    // Some steps run side by side and end in another order.
    expect(steps(printed).sort()).toEqual(steps(example.stdout).sort())
  })

  test('one rehearsal at a time in a folder', async () => {
    const unlock = await lockFolder(example.state)
    const second = await slipway(['rehearse', '--sandbox', example.state])
    expect(second.code).toBe(1)
    expect(second.stderr).toContain('sandbox-in-use')
    await unlock()
  })
})

test('a copy outside any repository goes through as well, with the same bytes', async () => {
  const copy = join(await folder(), 'metatron')
  await cp(EXAMPLE, copy, { recursive: true })
  const { code, report, state } = await rehearse(copy)
  folders.push(state)
  expect(report.problems.filter((each) => each.severity !== 'notice')).toEqual([])
  expect(code).toBe(0)
  expect(report.problems.map((each) => each.code)).toContain('working-tree')
  const digests = (of: typeof report) => of.receipts.map(({ artifact, digest }) => `${artifact} ${digest}`).sort()
  expect(digests(report)).toEqual(digests(example.report))
})

test('other content under the same version: one conflict, nothing written anywhere', async () => {
  const changed = join(await folder(), 'metatron')
  await cp(EXAMPLE, changed, { recursive: true })
  const module = join(changed, 'metatron_qso_py', 'python', 'scs', '__init__.py')
  await writeFile(module, `${await readFile(module, 'utf8')}\nCHANGED = True\n`)
  const sandbox = await startSandbox({ dir: example.state, cargoUpstream: null })
  const control = controlClient(sandbox.description.control.url)
  const before = (await control.log()).length
  try {
    const { code, report } = await rehearse(changed, { state: example.state })
    const errors = report.problems.filter((each) => each.severity === 'error')
    expect(errors.map((each) => each.code)).toEqual(['conflict'])
    expect(errors[0]?.message).toMatch(/metatron_qso-0\.1\.0-cp38-abi3-.*PyPI/)
    expect(code).toBe(1)
    const entries = (await control.log()).slice(before)
    expect(entries.length).toBeGreaterThan(0)
    expect(entries.filter((each) => each.effect !== null)).toEqual([])
  } finally {
    await sandbox.close()
  }
})

test('the example without a crate to publish: a wheel and a release, and why there is no crate', async () => {
  const { code, report, state, stdout } = await rehearse(join(ROOT, 'examples', 'nuster'))
  folders.push(state)
  expect(report.problems.filter((each) => each.severity !== 'notice')).toEqual([])
  expect(code).toBe(0)
  expect(report.plan.crates).toEqual([
    expect.objectContaining({
      name: 'nusterdb-python',
      publish: false,
      reason: 'It is the extension module of the Python package nusterdb, whose wheels contain it.',
    }),
  ])
  expect(new Set(report.receipts.map(({ publisher, status }) => `${publisher} ${status}`))).toEqual(
    new Set(['crates skipped', 'github published', 'pypi published', 'github moved']),
  )
  expect(report.installed).toContainEqual(expect.objectContaining({ what: 'nusterdb', version: report.plan.version }))
  expect(stdout).toContain('build wheels')
  expect(stdout).not.toContain('package crates')
  expect(report.notRehearsed.find((each) => each.what === 'images')?.reason).toMatch(/no Dockerfile/)
  expect(report.passes[1]).toMatchObject({ bytesSent: 0 })
})

/** One crate that is its own maturin package, with another name than the wheel, and nothing for crates.io. */
async function anotherShape(): Promise<string> {
  const dir = await folder()
  const files = {
    'Cargo.toml': `[package]\nname = "nested-python"\nversion = "2.1.0-rc.1"\nedition = "2021"\npublish = false\n\n[lib]\nname = "nested"\ncrate-type = ["cdylib"]\n\n[dependencies]\npyo3 = { version = "0.27", features = ["extension-module", "abi3-py39"] }\n`,
    'pyproject.toml':
      '[build-system]\nrequires = ["maturin>=1.9,<2"]\nbuild-backend = "maturin"\n\n[project]\nname = "nested"\ndynamic = ["version"]\nrequires-python = ">=3.9"\n',
    'src/lib.rs':
      'use pyo3::prelude::*;\n\n#[pymodule]\nfn nested(m: &Bound<\'_, PyModule>) -> PyResult<()> {\n    m.add("answer", 42)\n}\n',
    'CHANGELOG.md': '# Changelog\n\n## v2.1.0-rc.1 - 2026-01-02\n\nA candidate.\n',
  }
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(dir, file, '..'), { recursive: true })
    await writeFile(join(dir, file), text)
  }
  return dir
}

test('one crate whose wheel has another name, a prerelease, no crate published', async () => {
  const dir = await anotherShape()
  // The gate may leave what it likes: none of it is in what is released.
  await writeFile(join(dir, 'slipway.toml'), `gate = ["python3 -c 'open(\\"src/left.rs\\", \\"w\\")'"]\n`)
  const { code, report, state, stdout } = await rehearse(dir)
  folders.push(state)
  expect(stdout).toContain('gate: python3 -c')
  expect(report.notRehearsed.map((each) => each.what)).not.toContain('gate')
  expect(report.problems.filter((each) => each.severity === 'error')).toEqual([])
  expect(code).toBe(0)
  expect(report.plan).toMatchObject({ version: '2.1.0-rc.1', pythonVersion: '2.1.0rc1', prerelease: true })
  const artifacts = report.receipts.filter((each) => each.target === 'PyPI').map((each) => each.artifact)
  expect(artifacts.sort()).toEqual([
    'nested-2.1.0rc1-cp39-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    'nested-2.1.0rc1.tar.gz',
  ])
  expect(report.receipts.filter((each) => each.publisher === 'crates').map((each) => each.status)).toEqual(['skipped'])
  expect(report.installed).toContainEqual(expect.objectContaining({ what: 'nested', version: '2.1.0rc1' }))
})

test('a gate that fails stops before anything is built', async () => {
  const dir = await anotherShape()
  await writeFile(join(dir, 'slipway.toml'), `gate = ["python3 -c 'raise SystemExit(\\"no good\\")'", "false"]\n`)
  const { code, report, state, stdout } = await rehearse(dir)
  folders.push(state)
  const errors = report.problems.filter((each) => each.severity === 'error')
  expect([code, errors.map((each) => each.code)]).toEqual([1, ['gate-failed']])
  expect(errors[0]?.message).toContain('no good')
  expect(stdout).not.toContain('build wheels')
})

test('a whole rehearsal that is killed goes on from where it was', async () => {
  const state = await folder()
  for (const after of ['plan', 'preflight', 'Test PyPI', 'each Python']) {
    for (const group of [false, true]) {
      // What is to be killed is known by what the run before it has not come to yet.
      if (after === 'plan' && group) continue
      await killedAfter(state, after, group)
    }
  }
  const { code, report } = await rehearse(null, { state })
  expect(report.problems.filter((each) => each.severity === 'error')).toEqual([])
  expect(code).toBe(0)
  const published = (await readFile(join(state, 'log.jsonl'), 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter((each) => each.upload && each.accepted)
    .map(({ service, effect }) => `${service}: ${effect}`)
  expect(published.length).toBeGreaterThan(5)
  expect(published.length).toBe(new Set(published).size)
  // Nothing half-made is left.
  const [work] = await readdir(join(state, 'work'))
  expect((await readdir(join(state, 'work', work as string))).sort()).toEqual(['artifacts', 'source'])
})

/** Starts a rehearsal and kills it, alone or with its children, as soon as it says that a step is done. */
async function killedAfter(state: string, step: string, group: boolean): Promise<void> {
  const child = spawn(
    process.execPath,
    [join(ROOT, 'dist', 'slipway.js'), 'rehearse', '--engine', 'none', '--sandbox', state],
    {
      detached: true,
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  )
  const pid = child.pid as number
  let said = ''
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  child.stdout.on('data', (chunk) => {
    said += chunk
    if (said.includes(step)) process.kill(group ? -pid : pid, 'SIGKILL')
  })
  await ended
  expect(said).toContain(step)
}
