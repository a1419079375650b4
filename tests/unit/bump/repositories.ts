import { METADATA, type Tree } from '../trees.ts'

/** Returns a crate with a library. */
function crate(folder: string, name: string, more = '', version = '"1.4.0"'): Tree {
  const prefix = folder === '' ? '' : `${folder}/`
  const value = version === '' ? 'version.workspace = true' : `version = ${version}`
  return {
    [`${prefix}Cargo.toml`]: `[package]\nname = "${name}"\n${value}\nedition = "2021"\n${METADATA}${more}`,
    [`${prefix}src/lib.rs`]: '',
  }
}

/** Returns a crate of crates.io in a folder that takes the place of crates.io, so that cargo needs no network. */
function published(name: string, version: string): Tree {
  return {
    ...crate(`vendor/${name}-${version}`, name, '', `"${version}"`),
    [`vendor/${name}-${version}/.cargo-checksum.json`]: '{"files":{}}',
    '.cargo/config.toml': '[source.crates-io]\nreplace-with = "vendored"\n[source.vendored]\ndirectory = "vendor"\n',
  }
}

const workspace = (members: readonly string[], more = '') =>
  `[workspace]\nresolver = "2"\nmembers = ${JSON.stringify(members)}\n${more}`

const CHANGELOG = '# Changelog\n\n## [Unreleased]\n\n- A line.\n\n## [1.4.0] - 2025-01-02\n\n- New.\n'

const INHERITED: Tree = {
  'Cargo.toml': workspace(
    ['a', 'b'],
    '[workspace.package]\nversion = "1.4.0"\n[workspace.dependencies]\na = { path = "a", version = "1.4.0" }\n',
  ),
  ...crate('a', 'a', '', ''),
  ...crate('b', 'b', '[dependencies]\na.workspace = true\n', ''),
}

const PYTHON = (name: string, version = 'version = "1.4.0"', more = '') =>
  `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "${name}"\n${version}\n${more}`

/** Repositories at 1.4.0, with the crates that a release publishes. */
export const REPOSITORIES: Record<string, { files: Tree; crates: readonly string[] }> = {
  'a workspace whose crates inherit the version': { files: INHERITED, crates: ['a', 'b'] },
  'a virtual workspace with path and version in each dependency': {
    files: {
      'Cargo.toml': workspace(['a', 'b']),
      ...crate('a', 'a'),
      ...crate('b', 'b', '[dependencies]\na = { path = "../a", version = "1.4" }\n'),
    },
    crates: ['a', 'b'],
  },
  'renamed dependencies, and dependencies of one platform': {
    files: {
      'Cargo.toml': workspace(['a', 'b', 'c']),
      ...crate('a', 'a'),
      ...crate('b', 'b', '[dependencies]\nfirst = { package = "a", path = "../a", version = "=1.4.0" }\n'),
      ...crate('c', 'c', '[target."cfg(unix)".dependencies]\nb = { path = "../b", version = "~1.4" }\n'),
    },
    crates: ['a', 'b', 'c'],
  },
  'crates for fuzzing and examples outside of the workspace, with their own lock files': {
    files: {
      ...crate('', 'a', '[workspace]\nexclude = ["fuzz", "examples"]\n'),
      ...crate(
        'fuzz',
        'a-fuzz',
        'publish = false\n[workspace]\n[dependencies]\na = { path = "..", version = "1.4" }\n',
        '"0.0.0"',
      ),
      ...crate('examples/web', 'web', 'publish = false\n[workspace]\n[dependencies.a]\npath = "../.."\n', '"0.1.0"'),
    },
    crates: ['a'],
  },
  'an older published version of the crate itself': {
    files: {
      ...crate('', 'a', '[dependencies]\nolder = { package = "a", version = "1.5" }\n'),
      ...published('a', '1.5.0'),
    },
    crates: ['a'],
  },
  'two versions of a crate, which a third one names': {
    files: {
      'Cargo.toml': workspace(['a', 'b']),
      ...crate('a', 'a', '', '"1.4.0"'),
      ...crate(
        'b',
        'b',
        '[dependencies]\na = { path = "../a", version = "1.4.0" }\nolder = { package = "a", version = "=1.2.0" }\n',
      ),
      ...published('a', '1.2.0'),
    },
    crates: ['a', 'b'],
  },
  'siblings by [patch.crates-io]': {
    files: {
      'Cargo.toml': workspace(['a', 'b', 'c'], '[patch.crates-io]\na = { path = "a" }\nb = { path = "b" }\n'),
      ...crate('a', 'a'),
      ...crate('b', 'b', '[dependencies]\na = "=1.4.0"\n'),
      ...crate('c', 'c', '[build-dependencies.b]\nversion = "~1.4"\n'),
    },
    crates: ['a', 'b', 'c'],
  },
  'a renamed sibling by a renamed [patch], whose requirement is inherited': {
    files: {
      'Cargo.toml': workspace(
        ['b'],
        '[patch.crates-io]\nother = { package = "a", path = "a", version = "=1.4.0" }\n[workspace.dependencies]\nfirst = { package = "a", version = "=1.4.0" }\n',
      ),
      ...crate('a', 'a'),
      ...crate('b', 'b', '[dependencies]\nfirst.workspace = true\n'),
    },
    crates: ['b'],
  },
  'several Python packages, one with a lock file of uv, one of Poetry': {
    files: {
      ...INHERITED,
      'py/one/pyproject.toml': PYTHON('one', 'version = "1.4.0"', 'dependencies = ["two>=1.4"]\n'),
      'py/one/uv.lock':
        'version = 1\nrequires-python = ">=3.9"\n\n[[package]]\nname = "one"\nversion = "1.4.0"\nsource = { editable = "." }\n',
      'py/two/pyproject.toml': PYTHON('two'),
      'py/two/poetry.lock': 'package = []\n\n[metadata]\nlock-version = "2.1"\npython-versions = ">=3.9"\n',
    },
    crates: ['a', 'b'],
  },
  'Python packages with dynamic versions': {
    files: {
      ...INHERITED,
      'py/pyproject.toml': PYTHON('p', 'dynamic = ["version"]', '[tool.hatch.version]\npath = "p/__init__.py"\n'),
      'py/p/__init__.py': '__version__ = "1.4.0"\n',
      'b/pyproject.toml':
        '[build-system]\nrequires = ["maturin>=1"]\nbuild-backend = "maturin"\n[project]\nname = "b"\ndynamic = ["version"]\n',
    },
    crates: ['a', 'b'],
  },
}

/** Returns a repository with its changelog. */
export function withChangelog(files: Tree): Tree {
  return { ...files, '.gitignore': 'target\n', 'CHANGELOG.md': CHANGELOG }
}
