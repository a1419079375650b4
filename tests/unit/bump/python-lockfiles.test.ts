import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant } from '../trees.ts'
import { bump, contents } from './shapes.ts'

const UV = `version = 1
revision = 3
requires-python = ">=3.10"

[manifest]
members = ["demo-cli", "demo-core"]

[[package]]
name = "demo-cli"
version = "0.1.0"
source = { editable = "packages/cli" }
dependencies = [
    { name = "demo-core" },
]

[package.metadata]
requires-dist = [{ name = "demo-core", editable = "packages/core" }]

[[package]]
name = "demo-core"
version = "0.1.0"
source = { editable = "packages/core" }

[[package]]
name = "demo-other"
version = "0.1.0"
source = { registry = "https://example.invalid/simple" }
`

const POETRY = `[[package]]
name = "demo-core"
version = "0.1.0"
description = ""
optional = false
python-versions = "*"
files = []
develop = true

[package.source]
type = "directory"
url = "../core"

[[package]]
name = "demo-other"
version = "0.1.0"

[package.dependencies]
version = "0.1.0"
`

const manifest = (name: string, more = '') => `[project]\nname = "${name}"\nversion = "0.1.0"\n${more}`
const TREE = {
  'pyproject.toml': '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
  'packages/cli/pyproject.toml': manifest('demo-cli', 'dependencies = ["demo-core"]\n'),
  'packages/core/pyproject.toml': manifest('demo-core'),
  'CHANGELOG.md': '## Unreleased\n\n- x\n',
  'uv.lock': UV,
  'packages/cli/poetry.lock': POETRY,
}

test('bump sets only the versions of packages on disk', async () => {
  const root = await plant(TREE)
  await bump(root, '0.2.0-rc.1')
  const after = await contents(root)
  const [, ...entries] = UV.split('[[package]]')
  const moved = entries.map((each) => (each.includes('editable =') ? each.replace('"0.1.0"', '"0.2.0rc1"') : each))
  expect(after['uv.lock']).toBe([UV.split('[[package]]')[0], ...moved].join('[[package]]'))
  expect(after['packages/cli/poetry.lock']).toBe(POETRY.replace('0.1.0', '0.2.0rc1'))
})

test.each<[string, Record<string, string>, string[]]>([
  ['with the same versions', {}, []],
  ['with another version', { 'uv.lock': UV.replace('"0.1.0"', '"0.0.9"') }, ['warning lock-stale uv.lock:10']],
  ['that git ignores', { 'uv.lock': UV.replace('"0.1.0"', '"0.0.9"'), '.gitignore': 'uv.lock\n' }, []],
  ['of Poetry, which does not check', { 'packages/cli/poetry.lock': POETRY.replace('"0.1.0"', '"0.0.9"') }, []],
  ['without the version', { 'uv.lock': UV.replaceAll('version = "0.1.0"\nsource = { ed', 'source = { ed') }, []],
])('a lock file %s', async (_, changes, expected) => {
  const { problems } = await planProject(await plant({ ...TREE, ...changes }))
  const stale = problems.filter((each) => each.code === 'lock-stale')
  expect(stale.map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`)).toEqual(
    expected,
  )
})
