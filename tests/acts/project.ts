import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { findPythons } from '@slipway/toolchain/python'
import { templateTexts } from '../house/workflows/files.ts'
import { ROOT } from '../rehearsal/example.ts'
import { temporaryFolder } from '../sandbox/harness.ts'

const [tokens = '', trusted = '', pullRequest = ''] = templateTexts

/** The callers of docs/workflows.md, and the first of them with `dry-run`. */
export const CALLERS: Readonly<Record<string, string>> = {
  '.github/workflows/release.yml': tokens,
  '.github/workflows/trusted.yml': trusted,
  '.github/workflows/pull-request.yml': pullRequest,
  '.github/workflows/dry-run.yml': tokens.replace('with: {', 'with: { dry-run: true,'),
}

/** What the small workspace releases. */
export const SMALL = {
  crates: ['small-words-core-0.2.0.crate'],
  packages: ['small_words-0.2.0-py3-none-any.whl', 'small_words-0.2.0.tar.gz'],
}

/** A workspace with a crate and a pure Python package, which is tried on the newest Python of this machine alone. */
export async function smallWorkspace(ports: Ports): Promise<string> {
  const newest = (await findPythons(ports)).findLast((each) => each.venv && !each.freeThreaded)
  const [major, minor] = newest?.version.split('.') ?? []
  const files: Record<string, string> = {
    'Cargo.toml': '[workspace]\nmembers = ["core"]\nresolver = "2"\n',
    'Cargo.lock': 'version = 3\n\n[[package]]\nname = "small-words-core"\nversion = "0.2.0"\n',
    'core/Cargo.toml': `[package]
name = "small-words-core"
version = "0.2.0"
edition = "2021"
license = "MIT"
description = "Counts words."
repository = "https://example.invalid/small"
readme = "README.md"
`,
    'core/README.md': '# small-words-core\n\nCounts words.\n',
    'core/src/lib.rs':
      '//! Counts words.\n\n/// The number of words in a text.\npub fn count(text: &str) -> usize {\n    text.split_whitespace().count()\n}\n',
    'python/pyproject.toml': `[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "small-words"
version = "0.2.0"
description = "Counts words."
requires-python = ">=${major}.${minor}"
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]

[tool.setuptools]
packages = ["small_words"]
`,
    'python/README.md': '# small-words\n\nCounts words.\n',
    'python/small_words/__init__.py': '"""Counts words."""\n\n__version__ = "0.2.0"\n',
    'CHANGELOG.md': '# Changelog\n\n## [0.2.0] - 2026-01-01\n\n- First release.\n',
  }
  const dir = join(temporaryFolder(), 'small')
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), text)
  }
  for (const each of ['core', 'python']) await cp(join(ROOT, 'LICENSE'), join(dir, each, 'LICENSE'))
  return dir
}
