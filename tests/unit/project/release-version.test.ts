import { expect, test } from '@jest/globals'
import type { Tree } from '../trees.ts'
import { crate, planned, pyproject } from './planned.ts'

test('the crate named like the repository has the version of the release', async () => {
  const about = 'repository = "https://example.invalid/owner/demo.git"\n'
  const tree = {
    'Cargo.toml': '[workspace]\nmembers = ["*"]\n',
    'a/Cargo.toml': crate('demo-a', about, '0.3.0'),
    'b/Cargo.toml': crate('demo', about, '1.2.0'),
    'CHANGELOG.md': '## 1.2.0\n\n- New.\n',
  }
  expect((await planned(tree)).problems).toEqual(['version-differs a/Cargo.toml:3'])
})

/** Returns the version of a release, and the places that differ. */
async function versions(tree: Tree) {
  const { plan, problems } = await planned({ ...tree, 'CHANGELOG.md': null })
  return [plan.version, problems.filter((each) => each.startsWith('version-'))]
}

test.each<[string, Tree, string, string[]]>([
  [
    'a crate before the workspace that only a private one has its version from',
    {
      'Cargo.toml': '[workspace]\nmembers = ["crates/*", "xtask"]\n[workspace.package]\nversion = "0.0.0"\n',
      'xtask/Cargo.toml': '[package]\nname = "xtask"\nversion.workspace = true\npublish = false\n',
      'crates/acme/Cargo.toml': crate('acme'),
    },
    '1.2.0',
    [],
  ],
  [
    'a Python package before the private crates beside it',
    {
      'Cargo.toml': '[package]\nname = "xtask"\nversion = "0.0.0"\npublish = false\n',
      'py/pyproject.toml': pyproject('demo'),
    },
    '1.2.0',
    [],
  ],
  [
    'the Python package at the top before others',
    { 'core/pyproject.toml': pyproject('demo-core').replace('1.2.0', '0.4.0'), 'pyproject.toml': pyproject('demo') },
    '1.2.0',
    ['version-differs core/pyproject.toml:6'],
  ],
  [
    'a published crate before a Python package that is built from none',
    { 'rust/Cargo.toml': crate('demo'), 'py/pyproject.toml': pyproject('demo').replace('1.2.0', '2.0.0') },
    '1.2.0',
    ['version-differs py/pyproject.toml:6'],
  ],
])('takes the version of %s', async (_, tree, version, expected) => {
  expect(await versions(tree)).toEqual([version, expected])
})
