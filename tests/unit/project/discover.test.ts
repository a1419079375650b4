import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { METADATA, plant, type Tree, workspace } from '../trees.ts'

async function planned(tree: Tree) {
  const plan = await planProject(await plant(tree))
  return { ...plan, told: plan.problems.map(({ code, where }) => `${code} ${where?.file}:${where?.line}`) }
}

const CHANGES = { 'CHANGELOG.md': '## 1.2.0\n\n- New.\n' }
const build = (requires: string, backend: string) =>
  `[build-system]\nrequires = ["${requires}"]\nbuild-backend = "${backend}"\n`
const PROJECT =
  '[project]\nname = "my-demo"\nversion = "1.2.0"\ndescription = "d"\nlicense = "MIT"\nrequires-python = ">=3.9"\n'
const POETRY =
  '[tool.poetry]\nname = "my-demo"\nversion = "1.2.0"\ndescription = "d"\nlicense = "MIT"\nauthors = ["A <a@example.org>"]\n'

test.each<[string, string, Tree, string[]]>([
  ['setuptools', `${build('setuptools', 'setuptools.build_meta')}${PROJECT}`, { 'scs/__init__.py': '' }, ['scs']],
  [
    'setuptools, among folders that are no packages',
    `${build('setuptools', 'setuptools.build_meta')}${PROJECT}`,
    { 'tests/__init__.py': '', 'examples/__init__.py': '', 'scs/__init__.py': '' },
    ['scs'],
  ],
  [
    'setuptools that is told its packages',
    `${build('setuptools', 'setuptools.build_meta')}${PROJECT}[tool.setuptools]\npackages = ["one", "one.sub", "two"]\n`,
    { 'one/__init__.py': '', 'two/__init__.py': '' },
    ['one', 'two'],
  ],
  [
    'setuptools that is told where to find them',
    `${build('setuptools', 'setuptools.build_meta')}${PROJECT}[tool.setuptools.packages.find]\nwhere = ["python"]\nexclude = ["demo_t*"]\n`,
    { 'python/demo/__init__.py': '', 'python/demo_testing/__init__.py': '', 'other/__init__.py': '' },
    ['demo'],
  ],
  [
    'setuptools that is told which to find',
    `${build('setuptools', 'setuptools.build_meta')}${PROJECT}[tool.setuptools.packages.find]\ninclude = ["scs*"]\n`,
    { 'demo/__init__.py': '', 'scs/__init__.py': '', 'scs/sub/__init__.py': '' },
    ['scs'],
  ],
  [
    'setuptools, which is told a module',
    `${build('setuptools', 'setuptools.build_meta')}${PROJECT}[tool.setuptools]\npy-modules = ["scs"]\n`,
    { 'scs.py': '' },
    ['scs'],
  ],
  [
    'setuptools, in a namespace',
    `${build('setuptools', 'setuptools.build_meta')}${PROJECT}`,
    { 'src/acme/demo/__init__.py': '', 'src/acme/demo/sub/__init__.py': '', 'src/acme/more/__init__.py': '' },
    ['acme.demo', 'acme.more'],
  ],
  [
    'flit, in a namespace of its name',
    `${build('flit_core', 'flit_core.buildapi')}${PROJECT}`,
    { 'my/demo/__init__.py': '', 'my/other/__init__.py': '' },
    ['my.demo'],
  ],
  [
    'hatchling, told a namespace',
    `${build('hatchling', 'hatchling.build')}${PROJECT}[tool.hatch.build.targets.wheel]\npackages = ["src/acme"]\n`,
    { 'src/acme/demo/__init__.py': '', 'src/acme/demo/data/x.txt': '' },
    ['acme.demo'],
  ],
  [
    'hatchling',
    `${build('hatchling', 'hatchling.build')}${PROJECT}[tool.hatch.build.targets.wheel]\npackages = ["lib/demo"]\n`,
    { 'lib/demo/__init__.py': '' },
    ['demo'],
  ],
  [
    'flit',
    `${build('flit_core', 'flit_core.buildapi')}${PROJECT}[tool.flit.module]\nname = "demo"\n`,
    { 'demo/__init__.py': '' },
    ['demo'],
  ],
  ['pdm', `${build('pdm-backend', 'pdm.backend')}${PROJECT}`, { 'src/my_demo/__init__.py': '' }, ['my_demo']],
  [
    'poetry',
    `${build('poetry-core', 'poetry.core.masonry.api')}${PROJECT}`,
    { 'my_demo/__init__.py': '' },
    ['my_demo'],
  ],
  [
    "poetry's own table",
    `${build('poetry-core', 'poetry.core.masonry.api')}${POETRY}packages = [{ include = "demo", from = "lib" }]\n[tool.poetry.dependencies]\npython = "^3.9"\n`,
    { 'lib/demo/__init__.py': '' },
    ['demo'],
  ],
])('a package of %s', async (_, pyproject, files, imports) => {
  const { packages, version, matrix } = await planned({ 'pyproject.toml': pyproject, ...files, ...CHANGES })
  expect([version, packages.map((each) => [each.name, each.version, each.imports])]).toEqual([
    '1.2.0',
    [['my-demo', '1.2.0', imports]],
  ])
  expect(matrix).toMatchObject([{ package: 'my-demo', target: '' }])
})

test('an environment of Poetry is not a package', async () => {
  const tree = { 'pyproject.toml': `${POETRY}package-mode = false\n` }
  expect((await planned(tree)).packages).toEqual([])
})

test.each<[string, Tree, string[]]>([
  [
    'setup.py alone',
    { 'old/setup.py': 'from setuptools import setup\n\nsetup(\n' },
    ['package-without-pyproject old/setup.py:3'],
  ],
  [
    'setup.cfg, with a setup.py',
    { 'old/setup.cfg': '[metadata]\nname = x\n', 'old/setup.py': 'setup()\n' },
    ['package-without-pyproject old/setup.cfg:1'],
  ],
  ['a setup.cfg for tools', { 'setup.cfg': '[flake8]\nmax-line-length = 100\n' }, []],
  ['a setup.py beside a pyproject.toml', { 'py/setup.py': 'setup()\n' }, []],
  ['a setup.py in tests', { 'tests/data/setup.py': 'setup()\n' }, []],
])('%s: %p', async (_, files, expected) => {
  const { told, packages } = await planned(workspace(files))
  expect([told, packages.map((each) => each.name)]).toEqual([expected, ['demo']])
})

test('releases crates and packages of one version together, in order', async () => {
  const crate = (name: string, more = '') => `[package]\nname = "${name}"\nversion = "1.2.0"\n${METADATA}${more}`
  const { crates, packages, told } = await planned({
    'Cargo.toml': '[workspace]\nmembers = ["rust/*"]\n',
    'rust/a/Cargo.toml': crate('zz-top', '[dependencies]\naa-base = { path = "../b", version = "1.2.0" }\n'),
    'rust/b/Cargo.toml': crate('aa-base'),
    'rust/c/Cargo.toml': crate('inner', 'publish = ["company"]\n'),
    'rust/d/Cargo.toml': crate('xtask', 'publish = false\n'),
    'python/one/pyproject.toml': PROJECT.replace('my-demo', 'one'),
    'python/two/pyproject.toml': PROJECT.replace('my-demo', 'two'),
    'docs/pyproject.toml': PROJECT.replace('my-demo', 'docs'),
    ...CHANGES,
  })
  expect(crates.map((each) => [each.name, each.publish])).toEqual([
    ['aa-base', true],
    ['inner', ['company']],
    ['zz-top', true],
    ['xtask', false],
  ])
  expect(packages.map((each) => each.name)).toEqual(['one', 'two'])
  expect(told.filter((each) => !each.startsWith('package-'))).toEqual([])
})

const FOREIGN = { 'Cargo.toml': '[package]\nname = "serde"\nversion = "1.0.0"\n', 'pyproject.toml': PROJECT }
/** A foreign crate and Python package in a folder, beside other files. */
function others(folder: string, files: Tree = {}): Tree {
  const there = Object.entries(FOREIGN).map(([name, text]) => [`${folder}/${name}`, text])
  return workspace({ ...Object.fromEntries(there), ...files })
}

test.each<[string, Tree]>([
  ['vendor', others('vendor/serde')],
  ['third_party', others('py/third_party/serde')],
  ['what cargo vendor wrote', others('deps/serde', { 'deps/serde/.cargo-checksum.json': '{}' })],
  [
    'a submodule',
    others('lib/serde', { '.gitmodules': '[submodule "serde"]\n\tpath = lib/serde\n\turl = ../serde\n' }),
  ],
  ['an environment of conda', others('env2', { 'env2/conda-meta/history': '' })],
  ['what git ignores', others('out/serde-1.0', { '.gitignore': '/out\n' })],
  ['what git ignores anywhere', others('py/tmp/serde', { '.gitignore': '# those\ntmp/\n' })],
  ['what git ignores from a folder', others('py/tmp/serde', { 'py/.gitignore': 'tmp\n' })],
  [
    'what a member of the workspace depends on there',
    others('vendor/serde', {
      'core/Cargo.toml': `${workspace()['core/Cargo.toml']}[dependencies]\nserde = { path = "../vendor/serde", version = "1" }\n`,
    }),
  ],
])('does not release %s', async (_, tree) => {
  const { crates, packages, told } = await planned(tree)
  expect([crates.map((each) => each.name), packages.map((each) => each.name), told]).toEqual([
    ['demo', 'demo-py'],
    ['demo'],
    [],
  ])
})

test.each<[string, Tree]>([
  ['a folder whose name only begins so', others('vendors')],
  ['what git takes back in', others('out', { '.gitignore': '/out*\n!/out\n' })],
  ['what is ignored at the top alone', others('py/out', { '.gitignore': '/out\n' })],
  [
    'the folder that is planned, whatever lies there',
    others('py/more', { '.cargo-checksum.json': '{}', 'pyvenv.cfg': '' }),
  ],
  [
    'what hostile submodules name',
    others('lib', { '.gitmodules': '[submodule "a"]\n\tpath = .\n\tpath =\n\tpath = ..\n' }),
  ],
  ['a folder beside a submodule', others('lib', { '.gitmodules': '[submodule "serde"]\n\tpath = lib/serde\n' })],
])('releases %s', async (_, tree) => {
  expect((await planned(tree)).packages.map((each) => each.name)).toContain('my-demo')
})

test('reports manifests that are too large or nest too deeply, and plans the others', async () => {
  const root = await plant(workspace({ 'deep/pyproject.toml': `a = ${'['.repeat(100_000)}${']'.repeat(100_000)}\n` }))
  await writeFile(path.join(root, 'core', 'pyproject.toml'), `# ${'x'.repeat(20 * 2 ** 20)}\n`)
  const plan = await planProject(root)
  expect(plan.problems.map((each) => `${each.code} ${each.where?.file}`).sort()).toEqual([
    'file-unreadable core/pyproject.toml',
    'toml-syntax deep/pyproject.toml',
  ])
  expect(plan.packages.map((each) => each.name)).toEqual(['demo'])
})

test('opens few files of a large project at a time', async () => {
  const sources = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [`py/src/m${index}.rs`, '// x\n'.repeat(99)]),
  )
  const root = await plant(workspace(sources))
  const script = `import { planProject } from '@slipway/plan/plan'
    console.log((await planProject(${JSON.stringify(root)})).problems.length)`
  const argv = ['-c', 'ulimit -n 80; exec "$0" "$@"', process.execPath, '--input-type=module', '-e', script]
  const cwd = path.resolve(import.meta.dirname, '../../..')
  const { stdout, stderr } = spawnSync('sh', argv, { cwd, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } })
  expect([stdout.trim(), stderr]).toEqual(['0', ''])
})
