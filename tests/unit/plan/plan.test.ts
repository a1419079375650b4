import { mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { Folder } from '@slipway/documents/folder'
import { type PlanOptions, planFolder, planProject } from '@slipway/plan/plan'
import { METADATA, plant, type Tree, workspace } from '../trees.ts'

const EXAMPLES = path.resolve(import.meta.dirname, '../../../examples')

/** The problems of a plan, each as `severity code file:line`. */
async function reported(tree: Tree, options?: PlanOptions): Promise<string[]> {
  const { problems } = await planProject(await plant(tree), options)
  for (const each of problems) expect([each.message, each.hint]).not.toContain('')
  return problems.map(
    ({ severity, code, where }) => `${severity} ${code} ${where ? `${where.file}:${where.line}` : ''}`,
  )
}

test('plans an example', async () => {
  const plan = await planProject(path.join(EXAMPLES, 'metatron'), { tag: 'v0.1.0', commit: 'c' })
  expect(plan).toMatchObject({
    schema: 1,
    version: '0.1.0',
    pythonVersion: '0.1.0',
    tag: 'v0.1.0',
    commit: 'c',
    prerelease: false,
    crates: [
      { name: 'metatron-qso', version: '0.1.0', path: 'metatron-qso-rs', publish: true },
      { name: 'metatron_qso_py', path: 'metatron_qso_py', publish: false },
    ],
    packages: [
      {
        name: 'metatron-qso',
        version: '0.1.0',
        path: 'metatron_qso_py',
        backend: 'maturin',
        abi3: 'cp38',
        requiresPython: '>=3.8',
        imports: ['metatron_qso', 'scs'],
      },
    ],
    images: ['docker.io/qdash/metatron-qso', 'ghcr.io/lashsesh/qdash'].map((name) => {
      return { name, file: 'Dockerfile', context: '.', bases: ['python:3.11-slim-bookworm'] }
    }),
    versions: [
      { file: 'Cargo.toml', value: '0.1.0' },
      { file: 'metatron_qso_py/python/scs/__init__.py', value: '0.1.0' },
      ...Array(5).fill({ file: 'docker-compose.yml', value: '0.1.0' }),
      { file: 'Cargo.toml', value: '0.1.0' },
      ...Array(2).fill({ file: 'Cargo.lock', value: '0.1.0' }),
    ],
  })
  expect(new Set(plan.versions.map((each) => `${each.file}:${each.line}`)).size).toBe(10)
  expect(plan.notes).toMatch(/^### Added[^[]*$/)
  expect(plan.problems).toEqual([])
  expect(plan.crates[0]).not.toHaveProperty('reason')
})

test('plans a wheel whose crate has another name and is not published', async () => {
  const plan = await planProject(path.join(EXAMPLES, 'nuster'))
  expect(plan).toMatchObject({
    version: '0.1.0',
    crates: [{ name: 'nusterdb-python', publish: false, extension: true, reason: expect.stringContaining('nusterdb') }],
    packages: [{ name: 'nusterdb', version: '0.1.0', abi3: 'cp38', imports: ['nusterdb'] }],
    images: [],
    versions: ['Cargo.toml', 'pyproject.toml', 'src/lib.rs', 'Cargo.lock'].map((file) => ({ file, value: '0.1.0' })),
    problems: [],
  })
  expect(plan.notes).toMatch(/^### Added[^[]*$/)
})

test('plans a prerelease, which Python spells differently', async () => {
  const plan = await planProject(await plant(workspace()))
  expect(plan).toMatchObject({
    version: '1.2.0-rc.1',
    pythonVersion: '1.2.0rc1',
    tag: 'v1.2.0-rc.1',
    commit: null,
    prerelease: true,
    packages: [{ version: '1.2.0rc1', abi3: 'cp39', imports: ['demo'] }],
    notes: '- New.',
    problems: [],
  })
})

const LEAD = 'Cargo.toml:4'
test.each<[string, Tree, PlanOptions, string[]]>([
  ['everything is right', {}, {}, []],
  ['the tag has another version', {}, { tag: 'v1.2.0' }, [`error tag-differs-from-version ${LEAD}`]],
  ['the tag has a prefix', {}, { tag: 'demo-v1.2.0-rc.1' }, []],
  [
    '__version__ differs',
    { 'py/python/demo/__init__.py': '"""Demo."""\n\n__version__ = "1.1.0"\n' },
    {},
    ['error version-differs py/python/demo/__init__.py:3'],
  ],
  ['__version__ is spelt as SemVer', { 'py/python/demo/__init__.py': "__version__: str = '1.2.0-rc.1'\n" }, {}, []],
  [
    'Rust adds another version',
    { 'py/src/lib.rs': 'm.add("__version__", "1.1.0")?;\n' },
    {},
    ['error version-differs py/src/lib.rs:1'],
  ],
  [
    'a second package in the sources has another version',
    { 'py/python/scs/__init__.py': '__version__ = "0.1.0"\n' },
    {},
    ['error version-differs py/python/scs/__init__.py:1', 'warning python-package-left-out py/pyproject.toml:10'],
  ],
  [
    'a published member has another version',
    { 'core/Cargo.toml': `[package]\nname = "demo"\nversion = "1.0.0"\n${METADATA}` },
    {},
    ['error version-differs core/Cargo.toml:3', 'error sibling-pin-differs Cargo.toml:6'],
  ],
  [
    'a private member has another version',
    {
      'Cargo.toml': workspace()['Cargo.toml']?.replace('"py"', '"py", "xtask"') ?? null,
      'xtask/Cargo.toml': '[package]\nname = "xtask"\nversion = "0.0.1"\npublish = false\n',
    },
    {},
    [],
  ],
  ['there is no changelog', { 'CHANGELOG.md': null }, {}, ['notice changelog-section-missing ']],
  [
    'the changelog has no section',
    { 'CHANGELOG.md': '## [1.2.0]\n\n- x\n' },
    {},
    ['warning changelog-section-missing CHANGELOG.md:1'],
  ],
  [
    'the section is empty',
    { 'CHANGELOG.md': '# Log\n## 1.2.0-rc.1\n## 1.1.0\n- x\n' },
    {},
    ['warning changelog-section-missing CHANGELOG.md:2'],
  ],
  [
    'a published crate depends by path only',
    {
      'core/Cargo.toml': `${workspace()['core/Cargo.toml']}[dependencies]\na = { path = "../a" }\n`,
      'a/Cargo.toml': `[package]\nname = "a"\nversion.workspace = true\n${METADATA}`,
    },
    {},
    ['error path-dependency-without-version core/Cargo.toml:7'],
  ],
  [
    'tests depend by path only',
    {
      'core/Cargo.toml': `${workspace()['core/Cargo.toml']}[dev-dependencies]\na = { path = "../a" }\n`,
      'a/Cargo.toml': `[package]\nname = "a"\nversion.workspace = true\n${METADATA}`,
    },
    {},
    [],
  ],
  [
    'an unpublished crate depends by path only',
    {
      'Cargo.toml':
        workspace()['Cargo.toml']?.replace('path = "core", version = "1.2.0-rc.1"', 'path = "core"') ?? null,
    },
    {},
    [],
  ],
  [
    'the extension does not say that it is private',
    { 'py/Cargo.toml': workspace()['py/Cargo.toml']?.replace('publish = false\n', '') ?? null },
    {},
    [],
  ],
  [
    'the extension is a Rust library too, and does not say that it is private',
    {
      'py/Cargo.toml':
        workspace()['py/Cargo.toml']?.replace('publish = false\n', '').replace('"cdylib"', '"cdylib", "rlib"') ?? null,
    },
    {},
    ['notice extension-crate-not-published py/Cargo.toml:2'],
  ],
  [
    'the extension is named',
    { 'py/Cargo.toml': workspace()['py/Cargo.toml']?.replace('publish = false\n', METADATA) ?? null },
    { crates: ['demo-py'] },
    [],
  ],
  [
    'a published crate has no description',
    { 'core/Cargo.toml': '[package]\nname = "demo"\nversion.workspace = true\nlicense-file = "L"\n', 'core/L': '' },
    {},
    ['error crate-metadata-missing core/Cargo.toml:2'],
  ],
  [
    'the version has no Python form',
    { ...nightly(workspace()), 'py/python/demo/__init__.py': '' },
    {},
    [`error no-python-version ${LEAD}`],
  ],
  [
    'a file is broken',
    { 'py/pyproject.toml': '[project]\nname = = "demo"\n' },
    {},
    ['error toml-syntax py/pyproject.toml:2'],
  ],
  [
    'crates depend on each other',
    {
      'Cargo.toml': '[workspace]\nmembers = ["core", "a"]\n[workspace.package]\nversion = "1.2.0-rc.1"\n',
      'py/pyproject.toml': null,
      'core/Cargo.toml': `${workspace()['core/Cargo.toml']}[dependencies]\na = { path = "../a", version = "1.2.0-rc.1" }\n`,
      'a/Cargo.toml': `[package]\nname = "a"\nversion.workspace = true\n${METADATA}[dev-dependencies]\ndemo = { path = "../core", version = "1.2.0-rc.1" }\n`,
    },
    {},
    ['error dependency-cycle a/Cargo.toml:7'],
  ],
])('when %s', async (_, changes, options, expected) => {
  expect(await reported(workspace(changes), options)).toEqual(expected)
})

/** Returns the same tree at a version that has no form in PEP 440. */
function nightly(tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([file, text]) => [file, text?.replaceAll('1.2.0-rc.1', '1.2.0-nightly.1') ?? null]),
  )
}

test.each<[string, Tree, string]>([
  ['nothing', { 'README.md': '' }, 'no-project'],
  ['a broken manifest only', { 'Cargo.toml': '[package' }, 'toml-syntax'],
  ['a pyproject.toml with only tool settings', { 'pyproject.toml': '[tool.ruff]\n' }, 'no-project'],
])('a folder with %s cannot be planned', async (_, tree, code) => {
  const plan = await planProject(await plant(tree))
  expect(plan).toMatchObject({ version: '', crates: [], packages: [] })
  expect(plan.problems.map((each) => each.code)).toEqual([code])
})

test('a project with only a private crate has nothing to release', async () => {
  const tree = {
    'Cargo.toml': '[package]\nname = "a"\nversion = "1.0.0"\npublish = false\n',
    'CHANGELOG.md': '## 1.0.0\nx',
  }
  await expect(reported(tree)).resolves.toEqual(['error no-project '])
})

const PURE = (version: string) =>
  `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "a"\nversion = "${version}"\n`

test.each([
  ['1.0', 'v1.0', false],
  ['2024.1', 'v2024.1', false],
  ['1.2.3.post1', 'v1.2.3.post1', false],
  ['1.0rc1', 'v1.0rc1', true],
  ['1.2.0rc1', 'v1.2.0rc1', true],
  ['1.2.0rc1', 'v1.2.0-rc.1', true],
])('a pure Python project may have the version %s and the tag %s', async (version, tag, prerelease) => {
  const log = `## ${version} - 2025-01-02\n\n- New.\n`
  const plan = await planProject(await plant({ 'pyproject.toml': PURE(version), 'CHANGELOG.md': log }), { tag })
  expect([plan.problems, plan.prerelease, plan.packages[0]?.version]).toEqual([[], prerelease, version])
})

test('a version that is not SemVer is reported if an image has it too', async () => {
  const image = { Dockerfile: 'FROM scratch\n', 'slipway.toml': '[[images]]\nname = "ghcr.io/o/a"\n' }
  const tree = { 'pyproject.toml': PURE('1.0'), 'CHANGELOG.md': '## 1.0\n\n- x\n', ...image }
  expect(await reported(tree)).toEqual(['error version-not-semver pyproject.toml:6'])
})

test('files outside the project are not read, even through links', async () => {
  const outside = await plant({ 'Cargo.toml': '[package]\nname = "out"\nversion = "9.0.0"\n' })
  const root = await plant({
    'Cargo.toml': '[workspace]\nmembers = ["*", "../x"]\n[workspace.dependencies]\n',
    'in/Cargo.toml': `[package]\nname = "in"\nversion = "1.0.0"\n[dependencies]\nout = { path = "../../${path.basename(outside)}", version = "9" }\n`,
  })
  await symlink(outside, path.join(root, 'linked'))
  await mkdir(path.join(root, 'file'))
  await symlink(path.join(outside, 'Cargo.toml'), path.join(root, 'file', 'Cargo.toml'))
  expect((await planProject(root)).crates.map((each) => each.name)).toEqual(['in'])
})

test('files that are too large are not read', async () => {
  const root = await plant(workspace())
  await writeFile(path.join(root, 'CHANGELOG.md'), `## 1.2.0-rc.1\n${'x'.repeat(5 * 2 ** 20)}`)
  expect((await planProject(root)).notes).toBeNull()
})

/** A folder that records which files are read. */
class RecordedFolder extends Folder {
  readonly seen: string[] = []

  override read(file: string): Promise<string | null> {
    this.seen.push(file)
    return super.read(file)
  }
}

test.each<[string, Tree]>([
  ['a pattern with a name', { 'slipway.toml': 'tag = "{name}-v{version}"\n' }],
  ['a group', { 'slipway.toml': '[groups.core]\nmembers = ["demo"]\n' }],
  ['everything', {}],
])('a plan without a tag reads each manifest once, where a tag releases %s', async (_, tree) => {
  const folder = new RecordedFolder(await plant(workspace(tree)))
  const { plan } = await planFolder(folder)
  expect(plan.version).toBe('1.2.0-rc.1')
  const manifests = folder.seen.filter((each) => /(?:Cargo|pyproject)\.toml$/.test(each))
  expect(manifests.sort()).toEqual([...new Set(manifests)].sort())
  expect(manifests).toContain('core/Cargo.toml')
})
