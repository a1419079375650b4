import type { Problem } from '@slipway/core/problem'
import type { Tree } from '../unit/trees.ts'

/** When the corpus is looked at: what depends on the day is the same on all. */
export const NOW = Date.parse('2026-01-02T00:00:00Z')

/** What crates.io wants to know of a crate, and what its version is. */
const ABOUT = 'edition = "2021"\ndescription = "For a test."\nlicense = "MIT"\n'

/** A Cargo.toml: `[package]` stands in line 1, name in 2, version in 3; `more` begins in line 7. */
export function manifest(name: string, more = '', version = '1.2.0'): string {
  const line = version === '' ? 'version.workspace = true' : `version = "${version}"`
  return `[package]\nname = "${name}"\n${line}\n${ABOUT}${more}`
}

/** A crate with a library, in a folder. */
export function crate(folder: string, name: string, more = '', version = '1.2.0'): Tree {
  const path = folder === '' ? '' : `${folder}/`
  return { [`${path}Cargo.toml`]: manifest(name, more, version), [`${path}src/lib.rs`]: '//! For a test.\n' }
}

/** A crate that becomes a Python extension module, and goes nowhere else. */
export function extension(folder: string, name: string, more = '', version = '1.2.0'): Tree {
  const tables = `publish = false\n[lib]\nname = "_internal"\ncrate-type = ["cdylib"]\n[dependencies]\npyo3 = { version = "0.27", features = ["abi3-py39"] }\n`
  return crate(folder, name, `${tables}${more}`, version)
}

/** A pyproject.toml: `[project]` stands in line 4, name in 5, version in 6; `more` begins in line 8. */
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

/** A maturin package, with Python sources in `python`, whose version is its crate's. */
export function maturin(folder: string, name: string, module: string): Tree {
  const more = `[tool.maturin]\nmodule-name = "${module}._internal"\npython-source = "python"\n`
  return {
    [`${folder}/pyproject.toml`]: pyproject(name, 'maturin', more, 'dynamic = ["version"]'),
    [`${folder}/python/${module}/__init__.py`]: 'from ._internal import *\n',
  }
}

/** A package of Python alone. */
export function pure(folder: string, name: string, backend: string, version = '1.2.0'): Tree {
  const path = folder === '' ? '' : `${folder}/`
  return {
    [`${path}pyproject.toml`]: pyproject(name, backend, '', `version = "${version}"`),
    [`${path}src/${name.replaceAll('-', '_')}/__init__.py`]: `__version__ = "${version}"\n`,
  }
}

/** The Cargo.toml of a virtual workspace: its version in line 5; `more` begins in line 6. */
export function members(names: readonly string[], more = ''): string {
  const list = names.map((each) => `"${each}"`).join(', ')
  return `[workspace]\nresolver = "2"\nmembers = [${list}]\n[workspace.package]\nversion = "1.2.0"\n${more}`
}

/** A changelog that tells of 1.2.0, in the form that "Keep a Changelog" has. */
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

/** Every file as editors on Windows write it. */
export function withCrlf(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([file, text]) => [file, text?.replaceAll('\n', '\r\n') ?? null]))
}

/** Every file with a byte order mark. */
export function withMark(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([file, text]) => [file, `\uFEFF${text}`]))
}

/** A problem as the tables have it: `severity code file:line`. */
export function shown({ severity, code, where }: Problem): string {
  return `${severity} ${code}${where ? ` ${where.file}:${where.line}` : ''}`
}
