import { randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { type Tested, tested } from '../sandbox/harness.ts'
import { METADATA, sdist, WHEEL_NAME, wheelFiles, zip } from '../unit/artifacts/archives.ts'
import { runAction, type Step, unescaped } from './action.ts'
import { builtWorkspace, GOOD, put, SDIST_NAME, wheel } from './distributions.ts'

function publish({ pypi }: Tested, cwd: string, password = pypi.token): Promise<Step> {
  return runAction('publish-pypi', { 'packages-dir': '.', 'repository-url': pypi.upload, password }, { cwd })
}

const uploads = async (sandbox: Tested) => (await sandbox.steer.log()).filter((each) => each.upload)

const titles = (step: Step) => step.annotations.map((each) => each.properties.title)

test('wheels go up before sdists, once, and never over other content', async () => {
  const [cwd, sandbox] = [builtWorkspace(), await tested()]
  const first = await publish(sandbox, cwd)
  expect([first.code, first.annotations]).toEqual([0, []])
  expect(JSON.parse(first.outputs.receipts as string)).toMatchObject([
    { artifact: WHEEL_NAME, status: 'published', digest: expect.stringMatching(/^sha256:/) },
    { artifact: SDIST_NAME, status: 'published' },
  ])
  const sent = await uploads(sandbox)
  expect(sent.map((each) => each.accepted)).toEqual([true, true])
  expect(first.seen).not.toContain(sandbox.pypi.token)

  const again = await publish(sandbox, cwd)
  expect(again.code).toBe(0)
  expect(JSON.parse(again.outputs.receipts as string)).toMatchObject([
    { status: 'already there' },
    { status: 'already there' },
  ])

  put(cwd, WHEEL_NAME, wheel({ 'demo/__init__.py': 'changed = True\n' }))
  const changed = await publish(sandbox, cwd)
  expect([changed.code, titles(changed)]).toEqual([1, ['conflict']])
  expect(changed.annotations[0]?.message).toContain(WHEEL_NAME)
  expect(changed.annotations[0]?.message).not.toContain(SDIST_NAME)
  expect(await uploads(sandbox)).toEqual(sent)
})

test('files that are much larger than in the last release are reported with their sizes', async () => {
  const sandbox = await tested()
  expect((await publish(sandbox, builtWorkspace())).code).toBe(0)
  const next = 'demo_py-1.1.0.dist-info'
  const grown = wheelFiles(
    {
      'demo/data.txt': randomBytes(2 ** 20).toString('hex'),
      [`${next}/METADATA`]: METADATA.replace('1.0.0', '1.1.0'),
    },
    next,
  )
  const files = { [WHEEL_NAME.replace('1.0.0', '1.1.0')]: zip(grown) }
  const step = await publish(sandbox, builtWorkspace(files))
  expect([step.code, titles(step)]).toEqual([0, ['files-grew']])
  expect(step.annotations[0]?.message).toMatch(
    /last release on .* \(demo_py-1\.1\.0-.*whl: \d\.\d KiB in 1\.0\.0, now [12]\.\d MiB\)/,
  )
  expect(unescaped(step.summary)).toMatch(/demo_py-1\.1\.0.*MiB \(\+\d+ % since 1\.0\.0\)/)
})

test('one new file beside a published one is added; one that differs keeps it back', async () => {
  const [cwd, sandbox] = [builtWorkspace({ [WHEEL_NAME]: wheel() }), await tested()]
  await publish(sandbox, cwd)
  put(cwd, SDIST_NAME, sdist())
  const added = await publish(sandbox, cwd)
  expect(JSON.parse(added.outputs.receipts as string)).toMatchObject([
    { artifact: WHEEL_NAME, status: 'already there' },
    { artifact: SDIST_NAME, status: 'published' },
  ])
  const late = builtWorkspace({ ...GOOD, [SDIST_NAME]: sdist({ 'demo_py-1.0.0/NEW': '' }) })
  put(
    late,
    WHEEL_NAME.replace('cp38', 'cp39'),
    wheel({ 'demo_py-1.0.0.dist-info/WHEEL': WHEEL_FILE.replaceAll('cp38', 'cp39') }),
  )
  expect(titles(await publish(sandbox, late))).toEqual(['conflict'])
  expect((await uploads(sandbox)).length).toBe(2)
})

const WHEEL_FILE = 'Wheel-Version: 1.0\nTag: cp38-abi3-manylinux2014_x86_64\nTag: cp38-abi3-manylinux_2_17_x86_64\n'

const PLAIN = 'demo_py-1.0.0-cp38-abi3-linux_x86_64.whl'
const REFUSED: [what: string, files: Record<string, Uint8Array>, title: string, told: RegExp][] = [
  ['an empty folder', {}, 'no-distributions', /nothing to upload/],
  [
    'a plain Linux wheel',
    {
      ...GOOD,
      [PLAIN]: wheel({ 'demo_py-1.0.0.dist-info/WHEEL': 'Wheel-Version: 1.0\nTag: cp38-abi3-linux_x86_64\n' }),
    },
    'platform-tag-refused',
    /linux_x86_64/,
  ],
  [
    'a wheel in a folder within',
    { [SDIST_NAME]: sdist(), [`sub/${WHEEL_NAME}`]: wheel() },
    'distributions-deeper',
    /sub\/demo_py/,
  ],
  ['a file that is no wheel', { [WHEEL_NAME]: new Uint8Array([1, 2, 3]) }, 'wheel-unreadable', /demo_py/],
]

test.each(REFUSED)('%s is refused, and no more than a query is sent', async (_, files, title, told) => {
  const sandbox = await tested()
  const step = await publish(sandbox, builtWorkspace(files))
  expect([step.code, titles(step)]).toEqual([1, [title]])
  expect(step.annotations[0]?.message).toMatch(told)
  expect(unescaped(step.summary)).toMatch(told)
  // The index is asked for its files while they are inspected.
  expect((await sandbox.steer.log()).filter((each) => each.method !== 'GET')).toEqual([])
})

test('a planned wheel that is missing is reported, or stops the upload', async () => {
  const [cwd, sandbox] = [builtWorkspace(), await tested()]
  const project = '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n[project]\nname = "demo-py"\n'
  put(cwd, 'pyproject.toml', Buffer.from(`${project}dynamic = ["version"]\nrequires-python = ">=3.8"\n`))
  const crate = '[package]\nname = "demo"\nversion = "1.0.0"\n[lib]\ncrate-type = ["cdylib"]\n[dependencies]\n'
  put(cwd, 'Cargo.toml', Buffer.from(`${crate}pyo3 = { version = "0.27", features = ["abi3-py38"] }\n`))
  const inputs = { 'packages-dir': '.', 'repository-url': sandbox.pypi.upload, password: sandbox.pypi.token }
  const strict = await runAction('publish-pypi', { ...inputs, 'missing-wheels': 'error' }, { cwd })
  expect([strict.code, titles(strict)]).toEqual([1, ['wheels-missing']])
  expect(strict.annotations[0]?.message).toContain('windows')
  expect(await uploads(sandbox)).toEqual([])
  const lenient = await runAction('publish-pypi', inputs, { cwd })
  expect([lenient.code, lenient.annotations.map((each) => each.name)]).toEqual([0, ['warning']])
  const quiet = await runAction('publish-pypi', { ...inputs, 'missing-wheels': 'ignore' }, { cwd })
  expect([quiet.code, quiet.annotations]).toEqual([0, []])
})

test('a missing folder, a missing password and an invalid address are reported', async () => {
  const sandbox = await tested()
  const missing = await runAction('publish-pypi', { password: 'hush' }, { cwd: builtWorkspace({}) })
  expect(titles(missing)).toEqual(['no-distributions'])
  expect(titles(await publish(sandbox, builtWorkspace(), ''))).toEqual(['token-missing'])
  expect(await sandbox.steer.log()).toEqual([])
  const inputs = { 'packages-dir': '.', 'repository-url': 'not an address', password: 'hush' }
  expect(titles(await runAction('publish-pypi', inputs, { cwd: builtWorkspace() }))).toEqual(['repository-url-invalid'])
})

test('a password that the index refuses is explained and shown nowhere', async () => {
  const sandbox = await tested()
  const step = await publish(sandbox, builtWorkspace(), 'pypi-not-the-right-one')
  expect([step.code, step.annotations.length, step.outputs.receipts]).toEqual([1, 1, undefined])
  expect(step.annotations[0]?.message).toMatch(/token/)
  expect(step.stdout).toContain('::add-mask::pypi-not-the-right-one')
  expect(step.seen).not.toContain('pypi-not-the-right-one')
  expect((await uploads(sandbox)).filter((each) => each.accepted)).toEqual([])
})
