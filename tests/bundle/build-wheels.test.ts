import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readSdist } from '@slipway/artifacts/sdist'
import { readWheel } from '@slipway/artifacts/wheel'
import { runAction } from './action.ts'
import { commit, exampleRepository, repository } from './project.ts'

const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

/**
 * Starts a program as another user, who gives others no access to new files. Only root may do so on every Linux. A shell would
 * drop the variables of inputs with `-`.
 */
const AS_OTHER = ['unshare', '--user', '--map-user=1000', '--map-group=1000', 'perl', '-e', 'umask 077; exec @ARGV']
const OTHER = {
  through: process.getuid?.() === 0 ? AS_OTHER : [],
  env: { TZ: 'Asia/Tokyo', USER: 'other', LOGNAME: 'other', LC_ALL: 'C.UTF-8' },
}

test('build-wheels makes a wheel for old Linux, an sdist and crates, of the same bytes for another user later in another folder', async () => {
  const builds = []
  for (const [out, python, around] of [
    ['dist', 'all', {}],
    ['other/out', 'lowest', OTHER],
  ] as const) {
    const cwd = await exampleRepository()
    const step = await runAction('build-wheels', { out, 'test-python': python, crates: 'true' }, { cwd, ...around })
    expect([step.code, step.annotations.filter((each) => each.name === 'error')]).toEqual([0, []])
    const files: string[] = JSON.parse(step.outputs.files as string)
    expect(step.outputs.out).toBe(join(cwd, out))
    expect(readdirSync(join(cwd, out)).sort()).toEqual([...files, 'manifest.json'].sort())
    const hashes = files.map((file) => hash(join(cwd, out, file)))
    for (const each of hashes) expect(step.summary).toContain(each)
    builds.push({ folder: join(cwd, out), files, hashes, summary: step.summary })
  }
  const [first, second] = builds as [(typeof builds)[0], (typeof builds)[0]]
  expect(second.files.map((file, index) => [file, second.hashes[index]])).toEqual(
    first.files.map((file, index) => [file, first.hashes[index]]),
  )
  const [wheelName = '', sdistName = ''] = first.files
  const wheel = await readWheel(join(first.folder, wheelName))
  expect(wheel.filename.abiTags).toEqual(['abi3'])
  expect(wheel.filename.platformTags.join()).toMatch(/manylinux_2_17_/)
  expect([...wheel.files.keys()]).toEqual(
    expect.arrayContaining(['scs/__init__.py', 'metatron_qso/__init__.py', expect.stringMatching(/\.abi3\.so$/)]),
  )
  const [listed] = JSON.parse(readFileSync(join(first.folder, 'manifest.json'), 'utf8')).artifacts
  expect(listed).toMatchObject({ filename: wheelName, executed: [{ machine: expect.stringMatching(/^Linux /) }] })
  expect(first.summary).toMatch(/KiB \| (\d+ min )?[\d.]+ s \| Linux/)
  // The second build ran on the lowest Python only.
  expect(listed.executed[0].pythons.length).toBeGreaterThan(1)
  expect(first.summary).toContain(`Python ${listed.executed[0].pythons.join(', ')}`)
  expect(second.summary).toMatch(/: Python 3\.\d+\.\d+ \|/)
  expect(sdistName).toBe('metatron_qso-0.1.0.tar.gz')
  expect((await readSdist(join(first.folder, sdistName))).metadata.get('Version')).toBe('0.1.0')
})

test('a build that fails says what its tools said, commands none, and leaves nothing behind', async () => {
  const cwd = await exampleRepository()
  const script = 'fn main() { println!("::error::no such luck"); panic!("broken"); }\n'
  await commit(cwd, { 'metatron_qso_py/build.rs': script })
  const step = await runAction('build-wheels', {}, { cwd })
  expect([step.code, step.annotations.map((each) => each.properties.title)]).toEqual([1, ['maturin-failed']])
  expect(step.annotations[0]?.message).toContain('no such luck')
  expect(step.outputs.files).toBeUndefined()
  expect(readdirSync(join(cwd, 'dist'))).toEqual([])
})

/** A package of Python alone, and an extension that is for one Python only. */
const TWO = {
  'Cargo.toml':
    '[package]\nname = "ext"\nversion = "1.2.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n[dependencies]\npyo3 = "0.27"\n',
  'src/lib.rs': '#[pyo3::pymodule]\nmod ext {}\n',
  'pyproject.toml':
    '[build-system]\nrequires = ["maturin>=1.9,<2"]\nbuild-backend = "maturin"\n[project]\nname = "ext"\ndynamic = ["version"]\nrequires-python = ">=3.9"\n',
  'pure/pyproject.toml':
    '[build-system]\nrequires = ["flit_core>=3.11,<4"]\nbuild-backend = "flit_core.buildapi"\n[project]\nname = "demo-pure"\nversion = "1.2.0"\ndescription = "For a test."\nrequires-python = ">=3.9"\n',
  'pure/demo_pure/__init__.py': '__version__ = "1.2.0"\n',
}

test('a job of the matrix builds its package alone, one of Python alone by its own backend', async () => {
  const cwd = await repository(TWO)
  const step = await runAction('build-wheels', { package: 'demo.pure', target: '', interpreter: '3.14' }, { cwd })
  expect([step.code, step.annotations]).toEqual([0, []])
  const files = ['demo_pure-1.2.0-py3-none-any.whl', 'demo_pure-1.2.0.tar.gz']
  expect(JSON.parse(step.outputs.files as string)).toEqual(files)
  expect(readdirSync(join(cwd, 'dist')).sort()).toEqual([...files, 'manifest.json'].sort())
  const first = hash(join(cwd, 'dist', files[0] as string))
  const again = await runAction('build-wheels', { package: 'demo-pure', sdist: 'false', out: 'out' }, { cwd })
  expect(JSON.parse(again.outputs.files as string)).toEqual(files.slice(0, 1))
  expect(hash(join(cwd, 'out', files[0] as string))).toBe(first)
})

test("the project's commands run before the build and with the wheel installed, without a way to change later steps", async () => {
  const cwd = await repository(TWO)
  const tested = async (inputs: Record<string, string>) => {
    const all = { package: 'demo-pure', sdist: 'false', 'test-python': 'lowest', ...inputs }
    const step = await runAction('build-wheels', all, { cwd })
    return { ...step, errors: step.annotations.filter((each) => each.name === 'error') }
  }
  const before = "echo 'BUILT = True' > demo_pure/built.py && env > ../environment.txt"
  const command = 'cd {package} && test -e pyproject.toml && cd / && python -I -c "import demo_pure.built"'
  const step = await tested({ 'before-build': before, 'test-command': command, 'require-executed': 'true' })
  expect([step.code, step.errors]).toEqual([0, []])
  expect(step.summary).toMatch(/demo&#95;pure-1\.2\.0-py3-none-any\.whl.*Linux \S+: Python 3\.\d+\.\d+ \|/)
  expect(readFileSync(join(cwd, 'environment.txt'), 'utf8')).not.toMatch(
    /^(GITHUB_(ENV|PATH|OUTPUT)|ACTIONS_\w+|INPUT_\w+)=/m,
  )
  const failing = await tested({ 'test-command': 'echo no luck; exit 3' })
  expect(failing.errors).toMatchObject([
    { message: expect.stringContaining('no luck'), properties: { title: 'verification-failed' } },
  ])
  const broken = await tested({ 'before-build': 'echo no compiler; exit 3' })
  expect(broken.errors).toMatchObject([
    { message: expect.stringContaining('no compiler'), properties: { title: 'before-build-failed' } },
  ])
  const unexecuted = await tested({ 'test-python': 'none', 'require-executed': 'true' })
  expect(unexecuted.errors).toMatchObject([{ properties: { title: 'wheel-not-executed' } }])
  expect((await tested({ args: '--release' })).errors).toMatchObject([
    { properties: { title: 'maturin-arguments-invalid' } },
  ])
})

test('slipway.toml says how a package is built and tested, and an input replaces its setting', async () => {
  const settings = [
    '[packages.demo-pure]',
    'before-build = "echo BUILT = True > demo_pure/built.py"',
    `test-command = 'python -I -c "import demo_pure.built"'`,
  ]
  const cwd = await repository({ ...TWO, 'slipway.toml': `${settings.join('\n')}\n` })
  const tested = async (inputs: Record<string, string>) => {
    const all = { package: 'demo-pure', sdist: 'false', 'test-python': 'lowest', ...inputs }
    const { code, annotations } = await runAction('build-wheels', all, { cwd })
    const [failure] = annotations.filter((each) => each.name === 'error')
    return [code, failure?.properties.title]
  }
  expect(await tested({})).toEqual([0, undefined])
  rmSync(join(cwd, 'pure', 'demo_pure', 'built.py'))
  expect(await tested({ 'before-build': 'true' })).toEqual([1, 'verification-failed'])
  expect(await tested({ 'before-build': 'true', 'test-command': 'true' })).toEqual([0, undefined])
})

/** A workspace with a program, whose readme the sdist may lack. */
const PROGRAM = {
  'Cargo.toml': '[workspace]\nmembers = ["tool"]\nresolver = "2"\n',
  'tool/Cargo.toml': '[package]\nname = "demo-tool"\nversion = "1.2.0"\nedition = "2021"\n',
  'tool/src/main.rs': 'fn main() {}\n',
  'tool/docs/intro.md': '# Demo\n',
  'tool/pyproject.toml':
    '[build-system]\nrequires = ["maturin>=1.9,<2"]\nbuild-backend = "maturin"\n[project]\nname = "demo-tool"\ndynamic = ["version"]\nreadme = { file = "docs/intro.md", content-type = "text/markdown" }\n[tool.maturin]\nbindings = "bin"\n',
}

test('an sdist is tried as a source, without the project around it', async () => {
  // Whoever builds an sdist runs no command of slipway.toml; this one fails there.
  const settings = '[packages.demo-tool]\nbefore-build = "test -e ../slipway.toml"\n'
  const whole = await repository({ ...PROGRAM, 'slipway.toml': settings })
  const built = await runAction('build-wheels', { 'test-sdist': 'wheel', 'test-python': 'lowest' }, { cwd: whole })
  expect([built.code, built.annotations]).toEqual([0, []])
  // The second is built from the sdist.
  expect(built.stdout.match(/Built wheel/g)).toHaveLength(2)
  const lacking = { ...PROGRAM, 'tool/pyproject.toml': `${PROGRAM['tool/pyproject.toml']}exclude = ["docs/**"]\n` }
  const cwd = await repository(lacking)
  const step = await runAction('build-wheels', { 'test-python': 'lowest' }, { cwd })
  expect([step.code, step.annotations.map(({ properties }) => properties.title)]).toEqual([1, ['sdist-not-buildable']])
  expect(step.annotations[0]?.message).toMatch(/demo_tool-1\.2\.0\.tar\.gz.*intro\.md/s)
  const untried = await runAction('build-wheels', { 'test-sdist': 'none', 'test-python': 'lowest' }, { cwd })
  expect([untried.code, untried.annotations]).toEqual([0, []])
})

test('a missing package and a missing Python are reported before anything is built', async () => {
  const cwd = await repository(TWO)
  const titles = async (inputs: Record<string, string>) => {
    const step = await runAction('build-wheels', inputs, { cwd })
    return [step.code, ...step.annotations.filter((each) => each.name === 'error').map((each) => each.properties.title)]
  }
  expect(await titles({ package: 'demo-pure, other' })).toEqual([1, 'package-not-planned'])
  expect(await titles({ package: 'ext', interpreter: '3.99' })).toEqual([1, 'python-missing'])
})
