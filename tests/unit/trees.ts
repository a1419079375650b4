import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach } from '@jest/globals'

/** Files by path; null leaves one out. */
export type Tree = Record<string, string | null>

const made: string[] = []
afterEach(async () => {
  await Promise.all(made.splice(0).map((each) => rm(each, { recursive: true, force: true })))
})

/** Writes a tree to a temporary folder, removed after the test. */
export async function plant(tree: Tree): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'project-'))
  made.push(root)
  for (const [file, text] of Object.entries(tree)) {
    if (text === null) continue
    await mkdir(path.dirname(path.join(root, file)), { recursive: true })
    await writeFile(path.join(root, file), text)
  }
  return root
}

/** The metadata that crates.io requires, except name and version. */
export const METADATA = 'description = "d"\nlicense = "MIT"\n'

/** Returns a valid workspace with a core crate and a maturin package, with some files changed. */
export function workspace(changes: Tree = {}): Tree {
  return {
    'Cargo.toml': `[workspace]
members = ["core", "py"]
[workspace.package]
version = "1.2.0-rc.1"
[workspace.dependencies]
demo = { path = "core", version = "1.2.0-rc.1" }
`,
    'core/Cargo.toml': `[package]\nname = "demo"\nversion.workspace = true\n${METADATA}`,
    'py/Cargo.toml': `[package]
name = "demo-py"
version.workspace = true
publish = false
[lib]
name = "_internal"
crate-type = ["cdylib"]
[dependencies]
demo.workspace = true
pyo3 = { version = "0.27", features = ["abi3-py39"] }
`,
    'py/src/lib.rs': 'm.add("__version__", env!("CARGO_PKG_VERSION"))?;\n',
    'py/pyproject.toml': `[build-system]
requires = ["maturin>=1.9,<2"]
build-backend = "maturin"
[project]
name = "demo"
dynamic = ["version"]
requires-python = ">=3.9"
[tool.maturin]
module-name = "demo._internal"
python-source = "python"
`,
    'py/python/demo/__init__.py': '__version__ = "1.2.0rc1"\n',
    'CHANGELOG.md': '# Changelog\n\n## [1.2.0-rc.1] - 2025-01-02\n\n- New.\n\n## [1.1.0]\n\n- Old.\n',
    ...changes,
  }
}

/** Returns the same workspace at the stable version 1.2.0. */
export function stableWorkspace(changes: Tree = {}): Tree {
  const stable = Object.entries(workspace()).map(([file, text]) => {
    return [file, text?.replaceAll('1.2.0-rc.1', '1.2.0').replaceAll('1.2.0rc1', '1.2.0') ?? null]
  })
  return { ...Object.fromEntries(stable), ...changes }
}
