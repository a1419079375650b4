import type { Problem } from '@slipway/core/problem'
import type { Tree } from '../unit/trees.ts'

/** A repository with problems. */
export interface Bad {
  files: Tree
  /** The pushed tag; defaults to the tag of the version. */
  tag?: string
  /** All reported problems, in order: `severity code file:line`. */
  problems: readonly string[]
}

/** A repository without errors and warnings. */
export interface Good {
  files: Tree
  /** The expected notices, as `code file:line`, each with the reason. */
  notices?: Record<string, string>
  /** The pushed tag; defaults to the tag of the version. */
  tag?: string
  /** Its published crates in their order, its packages, and the released version. */
  is: { crates?: string[]; packages?: string[]; version?: string }
}

/** The time at which the corpus is planned, so that results do not depend on the day. */
export const NOW = Date.parse('2026-01-02T00:00:00Z')

/** The fields that crates.io requires of a crate. */
const ABOUT = 'edition = "2021"\ndescription = "For a test."\nlicense = "MIT"\n'

/** Returns a Cargo.toml: `[package]` is in line 1, name in 2, version in 3; `more` begins in line 7. */
export function manifest(name: string, more = '', version = '1.2.0'): string {
  const line = version === '' ? 'version.workspace = true' : `version = "${version}"`
  return `[package]\nname = "${name}"\n${line}\n${ABOUT}${more}`
}

/** Returns a crate with a library, in a folder. */
export function crate(folder: string, name: string, more = '', version = '1.2.0'): Tree {
  const path = folder === '' ? '' : `${folder}/`
  return { [`${path}Cargo.toml`]: manifest(name, more, version), [`${path}src/lib.rs`]: '//! For a test.\n' }
}

/** Returns a crate that becomes a Python extension module and is not published itself. */
export function extension(folder: string, name: string, more = '', version = '1.2.0'): Tree {
  const tables = `publish = false\n[lib]\nname = "_internal"\ncrate-type = ["cdylib"]\n[dependencies]\npyo3 = { version = "0.27", features = ["abi3-py39"] }\n`
  return crate(folder, name, `${tables}${more}`, version)
}

/** Returns a pyproject.toml: `[project]` is in line 4, name in 5, version in 6; `more` begins in line 8. */
export function pyproject(name: string, backend: string, more = '', version = 'version = "1.2.0"'): string {
  const [requires] = backend.split('.')
  return `[build-system]
requires = ["${requires}"]
build-backend = "${backend}"
[project]
name = "${name}"
${version}
requires-python = ">=3.9"
${more}`
}

/** Returns a maturin package with Python sources in `python`, and the version of its crate. */
export function maturin(folder: string, name: string, module: string): Tree {
  const more = `[tool.maturin]\nmodule-name = "${module}._internal"\npython-source = "python"\n`
  return {
    [`${folder}/pyproject.toml`]: pyproject(name, 'maturin', more, 'dynamic = ["version"]'),
    [`${folder}/python/${module}/__init__.py`]: 'from ._internal import *\n',
  }
}

/** Returns a maturin package at the top, whose extension module is not published. @param more of [tool.maturin] @param cargo of Cargo.toml */
export function bindings(module: string, more = '', cargo = ''): Tree {
  const [lib = ''] = module.split('.').slice(-1)
  return {
    'pyproject.toml': pyproject('demo', 'maturin', `[tool.maturin]\n${more}`, 'dynamic = ["version"]'),
    ...crate('', 'demo', `publish = false\n[lib]\nname = "${lib}"\ncrate-type = ["cdylib"]\n${cargo}`),
    'CHANGELOG.md': CHANGELOG,
  }
}

/** Returns a pure Python package. */
export function pure(folder: string, name: string, backend: string, version = '1.2.0'): Tree {
  const path = folder === '' ? '' : `${folder}/`
  return {
    [`${path}pyproject.toml`]: pyproject(name, backend, '', `version = "${version}"`),
    [`${path}src/${name.replaceAll('-', '_')}/__init__.py`]: `__version__ = "${version}"\n`,
  }
}

/** Returns the Cargo.toml of a virtual workspace: its version is in line 5; `more` begins in line 6. */
export function members(names: readonly string[], more = ''): string {
  const list = names.map((each) => `"${each}"`).join(', ')
  return `[workspace]\nresolver = "2"\nmembers = [${list}]\n[workspace.package]\nversion = "1.2.0"\n${more}`
}

/** A changelog with a section for 1.2.0, in the format of "Keep a Changelog". */
export const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2025-05-01

### Added

- The second.

## [1.1.0] - 2025-04-01

- The first.

[Unreleased]: https://example.invalid/o/r/compare/v1.2.0...HEAD
[1.2.0]: https://example.invalid/o/r/compare/v1.1.0...v1.2.0
[1.1.0]: https://example.invalid/o/r/releases/tag/v1.1.0
`

/** Returns the tree with the line ends of Windows. */
export function withCrlf(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([file, text]) => [file, text?.replaceAll('\n', '\r\n') ?? null]))
}

/** Returns the tree with a byte order mark in every file. */
export function withMark(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([file, text]) => [file, `\uFEFF${text}`]))
}

/** Returns a problem as in the tables: `severity code file:line`. */
export function shown({ severity, code, where }: Problem): string {
  return `${severity} ${code}${where ? ` ${where.file}:${where.line}` : ''}`
}

/** One crate. */
export const SINGLE: Tree = { ...crate('', 'demo'), 'CHANGELOG.md': CHANGELOG }

/** A core crate, and bindings in a separate folder. */
export const BINDINGS: Tree = {
  'Cargo.toml': members(['core', 'py']),
  ...crate('core', 'demo', '', ''),
  ...extension('py', 'demo-py', 'demo = { path = "../core", version = "1.2.0" }\n', ''),
  ...maturin('py', 'demo', 'demo'),
  'CHANGELOG.md': CHANGELOG,
}

/** A workflow's file. */
export const WORKFLOW = '.github/workflows/release.yml'
