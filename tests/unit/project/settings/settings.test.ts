import { symlink } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { DEFAULT_SETTINGS } from '@slipway/project/settings/read'
import { plant, type Tree, workspace } from '../../trees.ts'

/** Plans a clean project with these settings. */
async function planned(settings: string, changes: Tree = {}) {
  return planProject(await plant(workspace({ 'slipway.toml': settings, ...changes })))
}

/** Returns its problems, each as `severity code file:line: message hint`. */
async function problemsOf(settings: string, changes: Tree = {}): Promise<string[]> {
  const { problems } = await planned(settings, changes)
  return problems.map(
    ({ severity, code, where, message, hint }) =>
      `${severity} ${code} ${where?.file}:${where?.line}: ${message} ${hint}`,
  )
}

/** A job of a package with a container. */
const INSIDE = {
  target: 'aarch64-unknown-linux-gnu',
  manylinux: 'manylinux_2_28',
  container: 'quay.io/pypa/manylinux_2_28_aarch64',
}

test('a project without settings has the defaults', () => {
  expect(DEFAULT_SETTINGS).toEqual({
    tag: null,
    changelog: null,
    exclude: [],
    include: [],
    strategy: 'native',
    prebuilt: [],
    publish: null,
    crates: {},
    packages: {},
    groups: [],
    images: null,
    targets: ['x86_64-unknown-linux-gnu', 'x86_64-apple-darwin', 'aarch64-apple-darwin', 'x86_64-pc-windows-msvc'],
    versionFiles: [],
    notes: null,
    gate: [],
  })
})

const WHOLE = `tag = "{name}-v{version}"
changelog = "docs/changes.md"
targets = ["aarch64-unknown-linux-gnu"]
notes = ".github/notes.md"
gate = ["cargo test --all", "cargo clippy -- -D warnings"]
[crates.demo-py]
publish = false
[packages.Demo]
version = "own"
imports = ["demo"]
pythons = ["3.14t"]
manylinux = "2_28"
profile = "dist"
features = ["simd", "dep/x"]
args = '--no-default-features --config "a = b c"'
strip = true
before-build = "make headers"
container = "quay.io/pypa/manylinux_2_28_{arch}"
repair = "auditwheel"
test-extras = ["cli"]
test-requires = ["pytest>=8", "hypothesis"]
test-command = "pytest {package}/tests"
[[images]]
name = "ghcr.io/owner/demo"
[[version-files]]
file = "docs/conf.py"
pattern = "release = '{version}'"
`

test('accepts settings with every key', async () => {
  const files = {
    'docs/changes.md': '## 1.2.0-rc.1\n- New.\n',
    '.github/notes.md': '{changelog}\n',
    'docs/conf.py': "release = '1.2.0-rc.1'\n",
    Dockerfile: 'FROM python:3.11\n',
  }
  expect(await problemsOf(WHOLE, files)).toEqual([])
  expect(await planned(WHOLE, files)).toMatchObject({
    notes: '- New.',
    images: [{ name: 'ghcr.io/owner/demo', file: 'Dockerfile', context: '.', bases: ['python:3.11'] }],
    packages: [
      {
        build: {
          manylinux: 'manylinux_2_28',
          profile: 'dist',
          features: ['simd', 'dep/x'],
          args: ['--no-default-features', '--config', 'a = b c'],
          strip: true,
          beforeBuild: 'make headers',
          container: 'quay.io/pypa/manylinux_2_28_{arch}',
          repair: 'auditwheel',
        },
        test: { extras: ['cli'], requires: ['pytest>=8', 'hypothesis'], command: 'pytest {package}/tests' },
      },
    ],
    matrix: [
      { ...INSIDE, interpreter: '' },
      { ...INSIDE, interpreter: '3.14t' },
    ],
  })
})

test('a package without settings for them has no build and no test in the plan', async () => {
  const [found] = (await planned('[packages.demo]\nimports = ["demo"]\n')).packages
  expect(found).not.toHaveProperty('build')
  expect(found).not.toHaveProperty('test')
})

test.each<[string, string, string, RegExp]>([
  ['an unknown key', 'tags = "v{version}"', 'settings-unknown-key 1', /^tags .*Did you mean `tag`\?/],
  ['an unknown key unlike any other', '\nsomething = 1', 'settings-unknown-key 2', /Use one of: tag, changelog, /],
  [
    'an unknown key below',
    '[crates.demo]\npublsh = false',
    'settings-unknown-key 2',
    /crates\.demo\.publsh .*`publish`/,
  ],
  ['a key of code', 'versionFiles = []', 'settings-unknown-key 1', /`version-files`/],
  ['a wrong type', 'tag = 1', 'settings-wrong-type 1', /^tag is a number.*`\{version\}`/],
  ['a wrong type in a list', 'gate = [\n  "a",\n  2,\n]', 'settings-wrong-type 3', /^gate\[1\] is a number/],
  ['a list for a table', 'crates = []', 'settings-wrong-type 1', /is a list/],
  ['a date', 'notes = 2025-01-02', 'settings-wrong-type 1', /is a date/],
  ['a word for a flag', '[packages.demo]\npublish = "no"', 'settings-wrong-type 2', /`true` or `false`/],
  ['a tag without the version', 'tag = "release"', 'settings-bad-value 1', /\{version\}/],
  [
    'an option that Slipway sets',
    '[packages.demo]\nargs = "-i 3.12"',
    'settings-bad-value 2',
    /`-i`.*\(Use `interpreter`/,
  ],
  ['open quotes', '[packages.demo]\nargs = "--config \'a"', 'settings-bad-value 2', /open quotes/],
  ['a Python of another kind', '[packages.demo]\npythons = ["graalpy25"]', 'settings-bad-value 2', /PyPy/],
  ['a Python that is too old', '[packages.demo]\npythons = ["3.7"]', 'settings-bad-value 2', /older than 3\.8/],
  ['a free-threaded Python of 3.12', '[packages.demo]\npythons = ["3.12t"]', 'settings-bad-value 2', /than 3\.13t/],
  ['another emulator', '[packages.demo]\ntest-emulators = ["box86"]', 'settings-bad-value 2', /test-emulators\[0\]/],
  ['a free-threaded PyPy', '[packages.demo]\npythons = ["pypy3.11t"]', 'settings-bad-value 2', /PyPy/],
  ['a platform tag of a Mac', '[packages.demo]\nmanylinux = "macosx_11_0"', 'settings-bad-value 2', /Linux/],
  ['no requirement', '[packages.demo]\ntest-requires = ["pytest >"]', 'settings-bad-value 2', /PEP 508/],
  ['a feature with blanks', '[packages.demo]\nfeatures = ["a b"]', 'settings-bad-value 2', /features\[0\]/],
  ['an unknown target', 'targets = ["x86_64-unknown-linux"]', 'settings-bad-value 1', /targets\[0\]/],
  ['a target with a typo', 'targets = ["aarch64-aple-darwin"]', 'settings-bad-value 1', /mean `aarch64-apple-darwin`/],
  [
    'a missing key',
    '[[version-files]]\nfile = "Cargo.toml"',
    'settings-key-missing 1',
    /version-files\[0\] has no `pattern`/,
  ],
  [
    'a pattern without the version',
    '[[version-files]]\nfile = "Cargo.toml"\npattern = "v"',
    'settings-bad-value 3',
    /once/,
  ],
  [
    'a pattern with a part of the version twice',
    '[[version-files]]\nfile = "Cargo.toml"\npattern = "v{major}.{major}"',
    'settings-bad-value 3',
    /once/,
  ],
  [
    'a pattern of parts alone',
    '[[version-files]]\nfile = "Cargo.toml"\npattern = "{major}.{minor}"',
    'settings-bad-value 3',
    /no text around \{major\}\.\{minor\}/,
  ],
  [
    'an image with a tag',
    '[[images]]\nname = "ghcr.io/o/n:1"\nfile = "tool.Dockerfile"',
    'settings-bad-value 2',
    /has a tag/,
  ],
  [
    'an image in capitals',
    '[[images]]\nname = "ghcr.io/O/n"\nfile = "tool.Dockerfile"',
    'settings-bad-value 2',
    /not the name/,
  ],
  [
    'a build argument that is no text',
    '[[images]]\nname = "ghcr.io/o/n"\nfile = "tool.Dockerfile"\n[images.build-args]\nPY = 3.12',
    'settings-wrong-type 5',
    /^images\[0\]\.build-args\.PY is a number.*`\{version\}`/,
  ],
  [
    'a time that is none',
    '[[images]]\nname = "ghcr.io/o/n"\nfile = "tool.Dockerfile"\nafter = "crates.io"',
    'settings-bad-value 4',
    /^images\[0\]\.after/,
  ],
  ['an image without its file', '[[images]]\nname = "ghcr.io/o/n"\nfile = "D"', 'dockerfile-missing 3', /^D is/],
  ['a command for a shell', 'gate = ["make | tee log"]', 'settings-bad-value 1', /script/],
  ['a path above', 'notes = "../notes.md"', 'settings-bad-value 1', /leads out of the project/],
  ['a path from the root', '\nchangelog = "/etc/passwd"', 'settings-bad-value 2', /leads out/],
  ['a path of Windows', 'notes = "c:/notes.md"', 'settings-bad-value 1', /leads out/],
  ['an unknown crate', '[crates.demmo]\npublish = false', 'settings-unknown-name 1', /Did you mean demo\?/],
  ['an unknown package', '[packages.other]\npublish = false', 'settings-unknown-name 1', /Use one of: demo\./],
  [
    'a pattern of no name',
    'publish = [\n"demo",\n"demmo-*"]',
    'settings-unknown-name 3',
    /Python package "demmo-\*" here/,
  ],
  ['a pattern with blanks', 'publish = ["demo", "a b"]', 'settings-bad-value 1', /^publish\[1\].*can match no name/],
  ['a folder above', 'exclude = ["core/**", "../x"]', 'settings-bad-value 1', /^exclude\[1\].*leads out/],
  ['a pattern of no folder', 'include = [\n"py",\n"exmples/*"]', 'settings-file-missing 3', /^No folder "exmples\/\*"/],
  [
    'a group without members',
    '[groups.py]\ntag = "py-{version}"',
    'settings-key-missing 1',
    /groups\.py has no `members`/,
  ],
  ['a member that is missing', '[groups.py]\nmembers = ["demo", "x-*"]', 'settings-unknown-name 2', /"x-\*" here/],
  [
    'a tag of a group with a name',
    '[groups.py]\nmembers = ["demo"]\ntag = "{name}-{version}"',
    'settings-bad-value 3',
    /of a group/,
  ],
  [
    'a tag of a group without the version',
    '[groups.py]\nmembers = ["demo"]\ntag = "py"',
    'settings-bad-value 3',
    /version/,
  ],
  [
    'a tag of everything',
    '[groups.py]\nmembers = ["demo"]\ntag = "v{version}"',
    'settings-bad-value 3',
    /also those of the release/,
  ],
  [
    'a tag of two groups',
    '[groups.a]\nmembers = ["demo"]\ntag = "b-v{version}"\n[groups.b]\nmembers = ["demo-py"]',
    'settings-bad-value 4',
    /also those of the group "a"/,
  ],
  [
    'a name in two groups',
    '[groups.a]\nmembers = ["demo*"]\n[groups.b]\nmembers = [\n"demo-py"]',
    'settings-bad-value 5',
    /^demo-py is in the groups "a" and "b"/,
  ],
  ['a missing file', 'notes = "notes.md"', 'settings-file-missing 1', /notes\.md/],
  ['a crate against its manifest', '[crates.demo-py]\npublish = true', 'settings-against-manifest 2', /demo-py/],
  ['a file that is not TOML', 'tag = = 1', 'toml-syntax 1', /not valid TOML/],
  ['deep nesting', `tag = ${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'toml-syntax 1', /nests too deeply/],
  ['workflow commands', '"::error::\\n##[x]" = 1', 'settings-unknown-key 1', /^"::error::\\n##\[x\]" is/],
])('reports %s with its line', async (_, settings, expected, message) => {
  const { problems } = await planned(settings, { 'tool.Dockerfile': 'FROM scratch\n' })
  expect(problems.map((each) => `${each.code} ${each.where?.line}`)).toEqual([expected])
  expect(`${problems[0]?.message} ${problems[0]?.hint}`).toMatch(message)
  expect(problems[0]).toMatchObject({ severity: 'error', where: { file: 'slipway.toml' } })
})

test('shortens long texts in messages', async () => {
  const [problem] = (await planned(`${'k'.repeat(1_000_000)} = 1\n`)).problems
  expect([problem?.code, (problem?.message.length ?? 0) < 200]).toEqual(['settings-unknown-key', true])
})

test('reports every mistake at once and keeps correct settings', async () => {
  const settings = 'tag = 1\ngaet = []\n[crates.demo]\npublish = false\n[crates.x]\n'
  const plan = await planned(settings)
  expect(plan.problems.map((each) => each.where?.line)).toEqual([2, 1, 5])
  expect(plan.crates.find((each) => each.name === 'demo')).toMatchObject({
    publish: false,
    reason: 'slipway.toml says `publish = false`.',
  })
})

test('does not read settings outside of the project, or too large ones', async () => {
  const outside = await plant({ 'slipway.toml': 'tag = "x{version}"\n', 'notes.md': '' })
  const root = await plant(workspace({ 'a/slipway.toml': null }))
  await symlink(path.join(outside, 'slipway.toml'), path.join(root, 'slipway.toml'))
  const plan = await planProject(root)
  expect([plan.tag, plan.problems.map((each) => `${each.code} ${each.where?.file}`)]).toEqual([
    'v1.2.0-rc.1',
    ['file-unreadable slipway.toml'],
  ])
  expect((await planned(`# ${'x'.repeat(20 * 2 ** 20)}`)).problems.map((each) => each.code)).toEqual([
    'file-unreadable',
  ])
  const linked = await plant(workspace({ 'slipway.toml': 'notes = "notes.md"\n' }))
  await symlink(path.join(outside, 'notes.md'), path.join(linked, 'notes.md'))
  expect((await planProject(linked)).problems.map((each) => each.code)).toEqual(['settings-file-missing'])
})

test('does not publish a package that the settings exclude, by any spelling of its name', async () => {
  const plan = await planned('[packages.DEMO]\npublish = false\n')
  expect(plan.packages).toMatchObject([{ name: 'demo', reason: 'slipway.toml says `publish = false`.' }])
})

test('publishes an extension crate that the settings name', async () => {
  const manifest =
    workspace()['py/Cargo.toml']?.replace('publish = false', 'description = "d"\nlicense = "MIT"') ?? null
  const plan = await planned('[crates.demo-py]\npublish = true\n', { 'py/Cargo.toml': manifest })
  expect([plan.crates.map((each) => each.publish), plan.problems]).toEqual([[true, true], []])
})
