import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Bump, type BumpOptions, planBump } from '@slipway/bump/bump'
import { writeChanges } from '@slipway/bump/write'
import { METADATA, type Tree, workspace } from '../trees.ts'

/** The time of every bump: 2026-02-03. */
export const NOW = Date.UTC(2026, 1, 3, 23, 59)

/** Reads all files of a folder, by path. */
export async function contents(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const files = entries.filter((each) => !each.isDirectory()).map((each) => path.join(each.parentPath, each.name))
  const texts = files.map(async (file) => [path.relative(root, file), await readFile(file, 'utf8')] as const)
  return Object.fromEntries((await Promise.all(texts)).sort())
}

/** Sets a version and writes the files. */
export async function bump(root: string, wish: string, options: Partial<BumpOptions> = {}): Promise<Bump> {
  const done = await planBump(root, wish, { now: NOW, ...options })
  await writeChanges(root, done.changes)
  return done
}

const LOCK = (version: string) => `version = 4

[[package]]
name = "demo"
version = "0.1.0"
source = "registry+https://example.invalid/index"

[[package]]
name = "demo"
version = "${version}"
dependencies = [
 "demo 0.1.0",
]

[[package]]
name = "demo-py"
version = "${version}"
dependencies = [
 "demo ${version}",
 "pyo3",
]

[[package]]
name = "pyo3"
version = "0.27.1"
source = "registry+https://example.invalid/index"
`

/** A changelog at 1.2.0 with an unreleased change. */
export const LOG = `# Changelog

## [Unreleased]

### Added

- Something.

## [1.2.0] - 2025-01-02

- New.

[Unreleased]: https://git.example.invalid/a/compare/v1.2.0...HEAD
[1.2.0]: https://git.example.invalid/a/compare/v1.1.0...v1.2.0
`

/** The usual workspace, at 1.2.0. */
export const STABLE = Object.fromEntries(
  Object.entries(workspace()).map(([file, text]) => [file, text?.replaceAll(/1\.2\.0-?rc\.?1/g, '1.2.0') ?? null]),
)

/** Projects of every shape, each at 1.2.0. */
export const SHAPES: Record<string, Tree> = {
  'a workspace, its version inherited': {
    ...STABLE,
    'Cargo.lock': LOCK('1.2.0'),
    'core/Cargo.toml': `${STABLE['core/Cargo.toml']}[dependencies]\nold = { package = "demo", version = "0.1" }\n`,
    'CHANGELOG.md': LOG,
  },
  'crates with literals and every kind of pin': {
    'Cargo.toml': '[workspace]\nmembers = ["a", "b", "x"]\n',
    'a/Cargo.toml': `[package]\nname = "a"\nversion = '1.2.0'   # here\n${METADATA}`,
    'b/Cargo.toml': `[package]\nname = "b"\nversion = """1.2.0"""\n${METADATA}[dependencies]\na = { path = "../a", version = "=1.2.0" }\n[dev-dependencies.a]\nversion = "~1.2.0"\npath = "../a"\n[target.'cfg(unix)'.build-dependencies]\n"a" = { version = "1.2.0", path = '../a' }\n`,
    'x/Cargo.toml':
      '[package]\nname = "x"\nversion = "0.0.0"\npublish = false\n[dependencies]\nb = { path = "../b" }\n',
    'CHANGELOG.md': '# Changes\n\n## Unreleased\n* x\n\n## v1.2.0 (2025-01-02)\n* y\n',
  },
  'a wheel with literals everywhere': {
    'Cargo.toml':
      '[package]\nname = "nuster-python"\nversion = "1.2.0"\n[lib]\nname = "nuster"\ncrate-type = ["cdylib"]\n',
    'src/lib.rs': '// m.add("__version__", "9.9.9")\nm.add("__version__", "1.2.0")?;\n',
    'pyproject.toml':
      '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n[project]\nname = "nuster"\nversion = "1.2.0"\n',
    'compose.yaml':
      'services:\n  a:\n    build: .\n    image: "ghcr.io/o/a:1.2.0"\n    container_name: a_v1.2.0\n  db: {image: "postgres:1.2.0"}\n',
    Dockerfile: 'FROM scratch\n',
    'CITATION.cff': 'cff-version: 1.2.0\nversion: 1.2.0\ndate-released: 2025-01-02\ndoi: 10.5281/zenodo.1.2.0\n',
    'slipway.toml': '[[version-files]]\nfile = "docs/conf.py"\npattern = "release = \'{version}\'"\n',
    'docs/conf.py': "release = '1.2.0'\nneeds_sphinx = '1.2.0'\n",
    'CHANGELOG.md':
      '## [Unreleased]\n- x\n## [1.2.0](https://git.example.invalid/compare/v1.1.0...v1.2.0) - 2025-01-02\n- y\n',
  },
  'Python packages that require each other': {
    'a/pyproject.toml':
      '[project]\nname = "a"\nversion = "1.2.0"\ndependencies = ["B.c[x] == 1.2.0; os_name != \\"nt\\"", "d==1.2.0"]\n',
    'b/pyproject.toml':
      '[project]\nname = "b-c"\nversion = "1.2.0"\n[project.optional-dependencies]\nall = [ # those\n  \'a==1.2.0\',\n]\n',
    'CHANGELOG.md': '## Unreleased\n- x\n',
  },
  'Python alone': {
    'pyproject.toml': '[project]\nname = "p"\nversion = "1.2.0"',
    'p/__init__.py': "__version__: str = '1.2.0'\n",
    'HISTORY.md': '# History\n\n## [Unreleased]\n\n- x',
  },
}
