import { lstatSync } from 'node:fs'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { errorsOf, ProblemError } from '@slipway/core/problem'
import { planProject } from '@slipway/plan/plan'
import type { Init } from '@slipway/release/init/init'
import { writeFiles } from '@slipway/release/init/write'
import { parse as parseToml } from 'smol-toml'
import { parse } from 'yaml'
import { plant, stableWorkspace, type Tree } from '../../trees.ts'
import { exampleWithout, HAND_MADE, init, initialized, PROJECTS, planted, RELEASE } from './projects.ts'

const tree = (name: keyof typeof PROJECTS): Tree => PROJECTS[name]
const states = ({ files }: Init) => files.map(({ file, state }) => `${state} ${file}`)
const workflowIn = ({ files }: Init) => files[0]?.text ?? ''

/** Every file of a folder with its text. */
async function contents(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir, { recursive: true })).filter((each) => lstatSync(join(dir, each)).isFile())
  const all = names.sort().map(async (each) => [each, await readFile(join(dir, each), 'utf8')] as const)
  return Object.fromEntries(await Promise.all(all))
}

const codesOf = async (act: Promise<unknown>): Promise<string[]> => {
  const thrown = await act.then(
    () => null,
    (cause) => cause,
  )
  return thrown instanceof ProblemError ? thrown.problems.map((each) => each.code) : [`no problem: ${thrown}`]
}

const has = (text: string) => ({
  crates: /publish-crate|CARGO_REGISTRY_TOKEN/.test(text),
  packages: /pypi/i.test(text),
  image: /push-image/.test(text),
  hub: /dockerhub/i.test(text),
  packagesPermission: (text.match(/packages: write/g) ?? []).length,
})

test('a crate is published by trusted publishing, without a line for PyPI or an image', async () => {
  const made = await init(await planted(tree('crate')))
  expect(made.login).toEqual({ kind: 'identity', why: 'it needs no secret' })
  // The call of build.yml always grants what its nested jobs request.
  const parts = { crates: true, packages: false, image: false, hub: false, packagesPermission: 1 }
  expect(has(workflowIn(made))).toEqual(parts)
  expect(states(made)).toEqual([`new ${RELEASE}`])
  expect(made.byHand).toMatchObject({ secrets: [], variables: [], environment: 'release' })
  expect(made.byHand.steps.join()).toMatch(/environment `release`.*`v\*`.*first version needs a token once/)
  expect(made.logins).toEqual([
    {
      target: 'crates.io',
      kind: 'identity',
      job: 'publish',
      where: { file: RELEASE, line: expect.any(Number) },
      publisher: { owner: 'Acme', repository: 'Demo', workflow: 'release.yml', environment: 'release' },
    },
  ])
})

test('a Python package goes to Test PyPI and PyPI, and nothing else', async () => {
  const made = await init(await planted(tree('python')))
  const parts = { crates: false, packages: true, image: false, hub: false, packagesPermission: 1 }
  expect(has(workflowIn(made))).toEqual(parts)
  expect(made.logins.map((each) => `${each.job} ${each.target}`)).toEqual(['stage Test PyPI', 'publish PyPI'])
  expect(made.byHand.steps.join()).not.toContain('crate')
})

test('an image alone needs no login at crates.io or PyPI; git’s remote names it', async () => {
  const dir = await planted(tree('image alone'))
  const made = await initialized(dir)
  expect(made.login.kind).toBe('token')
  expect(workflowIn(made)).not.toContain('secrets')
  expect(states(made)).toEqual([`new ${RELEASE}`, 'new slipway.toml'])
  expect(parseToml(made.files[1]?.text ?? '')).toEqual({ images: [{ name: 'ghcr.io/acme/demo' }] })
  const plan = await planProject(dir)
  expect(plan.images.map(({ name, file }) => [name, file])).toEqual([['ghcr.io/acme/demo', 'Dockerfile']])
})

test.each([
  ['uses: pypa/gh-action-pypi-publish@release/v1', []],
  ['uses: docker/build-push-action@v6', null],
])('a Dockerfile beside a hand-made workflow with the step %s', async (step, images) => {
  const old = `on: push\njobs:\n  a:\n    steps:\n      - ${step}\n`
  const dir = await planted({ ...tree('python'), Dockerfile: 'FROM a\n', '.github/workflows/old.yml': old })
  const made = await initialized(dir)
  const settings = made.files.find((each) => each.file === 'slipway.toml')?.text ?? ''
  expect(parseToml(settings).images).toEqual(images ?? [{ name: expect.any(String) }])
  expect((await planProject(dir)).images.length).toBe(images === null ? 1 : 0)
})

test('an image on Docker Hub needs its login, and its jobs the permission for packages', async () => {
  const made = await init(await planted(tree('crate and image on Docker Hub')))
  const parts = { crates: true, packages: false, image: true, hub: true, packagesPermission: 3 }
  expect(has(workflowIn(made))).toEqual(parts)
  expect(made.byHand).toMatchObject({ secrets: ['DOCKERHUB_TOKEN'], variables: ['DOCKERHUB_USERNAME'] })
})

test('an image that installs the release is built by a job after the one that publishes', async () => {
  const made = await init(await planted(tree('image that installs the release')))
  const { jobs } = parse(workflowIn(made))
  expect(Object.keys(jobs)).toEqual(['build', 'stage', 'try', 'publish', 'finish'])
  expect(jobs.finish.uses).toMatch(/\/finish\.yml@/)
  expect(jobs.finish.with).toMatchObject({ 'has-late-image': expect.stringContaining('has-late-image') })
  expect(jobs.finish.secrets).toEqual({ DOCKERHUB_TOKEN: expect.any(String) })
  expect(JSON.stringify(jobs.publish)).not.toMatch(/push-image|create-release/)
  expect(errorsOf(made.problems)).toEqual([])
})

test.each(['metatron', 'nuster'])('the example %s gets a workflow and needs no settings', async (name) => {
  const dir = await exampleWithout(name)
  const made = await initialized(dir)
  expect(states(made)).toEqual([`new ${RELEASE}`])
  expect(made.found.map((each) => each.to)).toEqual(expect.arrayContaining(['PyPI', 'GitHub', '']))
  expect(errorsOf(made.problems)).toEqual([])
  const jobs = Object.keys(parse(workflowIn(made)).jobs)
  expect(jobs).toEqual(['build', 'stage', 'try', 'publish'])
  expect(made.steps).toEqual([])
})

test.each(Object.keys(PROJECTS) as (keyof typeof PROJECTS)[])('%s: a second run changes nothing', async (name) => {
  const dir = await planted(tree(name))
  await initialized(dir)
  const before = await contents(dir)
  const again = await initialized(dir)
  expect(states(again).filter((each) => each.startsWith('new'))).toEqual([])
  expect(states(again)[0]).toMatch(/^same /)
  expect(await contents(dir)).toEqual(before)
})

test('a hand-made workflow stays; its login, checks, targets and images are taken over', async () => {
  const dir = await planted(tree('hand-made workflow'))
  const made = await initialized(dir)
  expect(states(made)).toEqual(['new .github/workflows/slipway.yml', 'new slipway.toml'])
  expect(await readFile(join(dir, RELEASE), 'utf8')).toBe(HAND_MADE)
  expect(made.login).toMatchObject({ kind: 'token', why: `${RELEASE}:157 uses one` })
  expect(made.byHand.secrets).toEqual([
    'CARGO_REGISTRY_TOKEN',
    'PYPI_API_TOKEN',
    'TEST_PYPI_API_TOKEN',
    'DOCKERHUB_TOKEN',
  ])
  expect(made.byHand.steps.join()).toContain('Linux ppc64')
  expect(parseToml(made.files[1]?.text ?? '')).toEqual({
    gate: ['cargo fmt --all -- --check', 'cargo clippy --workspace -- -D warnings', 'cargo test --workspace'],
    targets: [
      'x86_64-unknown-linux-gnu',
      'aarch64-unknown-linux-gnu',
      'armv7-unknown-linux-gnueabihf',
      'x86_64-apple-darwin',
      'aarch64-apple-darwin',
      'x86_64-pc-windows-msvc',
    ],
    images: [
      { name: 'ghcr.io/acme/demo', file: 'docker/Dockerfile' },
      { name: 'docker.io/acme/demo', file: 'docker/Dockerfile' },
    ],
  })
  const plan = await planProject(dir)
  expect(plan.problems.filter((each) => /^(?:settings|toml)-/.test(each.code))).toEqual([])
  expect([plan.gate.length, plan.matrix.length, plan.images.length]).toEqual([3, 6, 2])
  expect(made.problems).toEqual([
    expect.objectContaining({
      code: 'workflow-releases-too',
      severity: 'warning',
      where: { file: RELEASE, line: 157 },
    }),
  ])
})

test('a workflow that releases by trusted publishing keeps that login', async () => {
  const old = `on: { push: { tags: ["v*"] } }
jobs:
  a:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    steps: [{ uses: pypa/gh-action-pypi-publish@release/v1 }]
`
  const file = '.github/workflows/publish.yml'
  const made = await init(await planted({ ...tree('python'), [file]: old }))
  expect(made.login).toEqual({ kind: 'identity', why: `${file}:6 uses it` })
  // The usual name is free.
  expect(states(made)).toEqual([`new ${RELEASE}`])
})

test('a workflow that already releases with Slipway stays, whatever its name', async () => {
  const old = 'on: { push: { tags: ["v*"] } }\njobs: { a: { uses: me/slipway/.github/workflows/release.yml@v1 } }\n'
  const file = '.github/workflows/ship.yaml'
  const dir = await planted({ ...tree('crate'), [file]: old, 'slipway.toml': '' })
  const made = await initialized(dir)
  expect(states(made)).toEqual([`kept ${file}`, 'kept slipway.toml'])
  expect(made.problems.map((each) => each.code)).toContain('trusted-publishing-reusable')
  expect(await readFile(join(dir, file), 'utf8')).toBe(old)
})

test.each([
  ['checks pull requests', 'on: pull_request\njobs: { a: { runs-on: x, steps: [{ run: cargo test }] } }\n'],
  [
    'builds nightly images',
    `on: { push: { branches: [main] } }
jobs: { a: { runs-on: x, steps: [{ uses: docker/build-push-action@v6, with: { push: true, tags: "acme/x:nightly" } }] } }
`,
  ],
])('a workflow that %s is no release workflow', async (_, text) => {
  const made = await init(await planted({ ...tree('crate'), '.github/workflows/ci.yml': text }))
  expect([made.steps, made.problems]).toEqual([[], []])
})

test('a workflow that publishes crates is a release workflow, however it starts', async () => {
  const text = 'on: { push: { branches: [main] } }\njobs: { a: { runs-on: x, steps: [{ run: cargo publish }] } }\n'
  const made = await init(await planted({ ...tree('crate'), '.github/workflows/main.yml': text }))
  expect(made.problems.map((each) => each.code)).toEqual(['workflow-releases-too'])
})

test('a project in a subfolder gets its workflow at the top, with its path', async () => {
  const moved = Object.fromEntries(Object.entries(tree('crate')).map(([name, text]) => [`libs/demo/${name}`, text]))
  const dir = join(await planted(moved), 'libs/demo')
  const made = await initialized(dir)
  expect(states(made)).toEqual([`new ../../${RELEASE}`])
  expect(parse(workflowIn(made)).jobs.build.with).toEqual({ tag: expect.any(String), path: 'libs/demo' })
  expect(made.logins[0]?.where.file).toBe(`../../${RELEASE}`)
})

test('what the folder does not say is assumed, and named', async () => {
  const manifest = `${tree('crate')['Cargo.toml']}repository = "https://github.com/some/one"\n`
  const without = await init(await plant({ ...tree('crate') }), { origin: null, owner: null })
  expect(without.assumed).toEqual([
    expect.stringContaining('not in a git repository'),
    expect.stringContaining('No remote or manifest names'),
  ])
  expect(without.byHand.steps[0]).toContain('Replace OWNER')
  expect(without.logins[0]?.publisher).toBeNull()
  const other = await init(await planted({ 'Cargo.toml': manifest }), { origin: 'ssh://git@example.invalid/a/b' })
  expect(other.assumed).toEqual([expect.stringMatching(/assumes some\/one, from Cargo\.toml:\d+\.$/)])
  expect((await init(await planted(tree('crate')))).assumed).toEqual([])
})

test('a project without a version, and settings with a mistake, are refused', async () => {
  expect(await codesOf(init(await planted({ 'README.md': '' })))).toEqual(['no-project'])
  const wrong = await planted({ ...tree('crate'), 'slipway.toml': 'tagg = "x"\n' })
  expect(await codesOf(init(wrong))).toEqual(['settings-unknown-key'])
  expect(await codesOf(init(join(wrong, 'missing')))).toEqual(['no-such-folder'])
  expect(await readdir(wrong)).not.toContain('.github')
})

test('a folder that GitHub would read as an expression is refused', async () => {
  const name = '${' + '{ github.token }}'
  const moved = Object.fromEntries(Object.entries(tree('crate')).map(([file, text]) => [`${name}/${file}`, text]))
  expect(await codesOf(init(join(await planted(moved), name)))).toEqual(['workflow-value-refused'])
})

test('other names are quoted', async () => {
  const name = 'a "b": {c}, #d'
  const moved = Object.fromEntries(Object.entries(tree('crate')).map(([file, text]) => [`${name}/${file}`, text]))
  const made = await init(join(await planted(moved), name))
  expect(parse(workflowIn(made)).jobs.build.with.path).toBe(name)
})

test('two files in the way are a problem', async () => {
  const other = 'on: push\njobs: { a: { runs-on: x, steps: [{ run: ls }] } }\n'
  const [first, second] = [RELEASE, '.github/workflows/slipway.yml']
  const one = await planted({ ...tree('crate'), [first]: other })
  expect(states(await init(one))).toEqual([`new ${second}`])
  await writeFile(join(one, second), other)
  expect(await codesOf(init(one))).toEqual(['workflow-name-taken'])
})

test('nothing is written outside of the repository or over another file, and nothing remains', async () => {
  const outside = await plant({})
  const linked = await planted(tree('image alone'))
  await symlink(outside, join(linked, '.github'))
  expect(await codesOf(initialized(linked))).toEqual(['file-not-written'])
  expect([await readdir(outside), (await readdir(linked)).includes('slipway.toml')]).toEqual([[], false])

  const dangling = await planted(tree('crate'))
  await mkdir(join(dangling, '.github/workflows'), { recursive: true })
  await symlink(join(outside, 'new.yml'), join(dangling, RELEASE))
  expect(states(await initialized(dangling))).toEqual(['new .github/workflows/slipway.yml'])
  expect(await readdir(outside)).toEqual([])

  const late = await planted(tree('image alone'))
  const found = await init(late)
  await writeFile(join(late, 'slipway.toml'), '# mine\n')
  expect(await codesOf(writeFiles(late, found.files))).toEqual(['file-not-written'])
  expect(await readFile(join(late, 'slipway.toml'), 'utf8')).toBe('# mine\n')
  expect(await readdir(join(late, '.github/workflows'))).toEqual([])
})

test('the crates that only the old workflow shows as published are listed in the settings', async () => {
  const helper = '[package]\nname = "helper"\nversion = "1.2.0"\ndescription = "d"\nlicense = "MIT"\n'
  const old =
    'on: { push: { tags: ["v*"] } }\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: cargo publish -p demo }]\n'
  const dir = await planted({
    'Cargo.toml': '[workspace]\nmembers = ["demo", "helper"]\n',
    'demo/Cargo.toml': helper.replace('helper', 'demo'),
    'demo/src/lib.rs': '',
    'helper/Cargo.toml': helper,
    'helper/src/lib.rs': '',
    '.github/workflows/publish.yml': old,
  })
  const made = await initialized(dir)
  expect(parseToml(made.files.find((each) => each.file === 'slipway.toml')?.text ?? '')).toEqual({ publish: ['demo'] })
  const { crates } = await planProject(dir)
  expect(crates.map((each) => [each.name, each.publish])).toEqual([
    ['demo', true],
    ['helper', false],
  ])
})

test("the workflow starts at tags of the form that git's have", async () => {
  const dir = await planted(tree('python'))
  const tags = ['1.1.0', '1.0.0']
  const made = await init(dir, { tags })
  expect(made.tag).toBe('1.2.0')
  expect(workflowIn(made)).toContain('tags: ["[0-9]*"]')
  expect(made.found.map((each) => each.why).join()).toContain('tags [0-9]*, from tags 1.1.0, 1.0.0')
})

test('a package with wheels that Slipway does not build needs jobs for them', async () => {
  const { 'pyproject.toml': pyproject, ...files } = tree('python')
  const rust = `${pyproject}\n[[tool.setuptools-rust.ext-modules]]\ntarget = "demo._lib"\n`
  const wheels = 'on: push\njobs:\n  a:\n    steps:\n      - run: auditwheel repair dist/*.whl\n'
  const made = await init(await planted({ ...files, 'pyproject.toml': rust, '.github/workflows/wheels.yml': wheels }))
  expect(made.byHand.steps.join()).toMatch(/jobs that build the wheels.*`prebuilt-artifacts`/)
  const [problem] = made.problems.filter((each) => each.code === 'wheel-not-portable')
  expect(problem?.hint).toContain('.github/workflows/wheels.yml')
})

test('free-threaded Pythons and PyPy of the old workflow are kept', async () => {
  const dir = await planted({
    ...stableWorkspace({ 'py/src/lib.rs': null }),
    '.github/workflows/publish.yml': `on: { push: { tags: ["v*"] } }
jobs:
  wheels:
    strategy: { matrix: { python: ["3.13", "3.14t"], target: [x86_64] } }
    runs-on: ubuntu-latest
    steps:
      - uses: PyO3/maturin-action@v1
        with: { args: "--release -i \${{ matrix.python }} 3.13t pypy3.9 pypy3.11" }
      - uses: PyO3/maturin-action@v1
        with: { command: upload }
`,
  })
  const [, settings] = (await init(dir)).files
  expect(parseToml(settings?.text ?? '')).toMatchObject({
    targets: ['x86_64-unknown-linux-gnu'],
    packages: { demo: { pythons: ['pypy3.11', '3.14t'] } },
  })
})
