import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import type { LogEntry } from '@slipway/sandbox/log'
import { ROOT, rehearse, slipway } from '../rehearsal/example.ts'
import { needs } from '../tools.ts'

const act = needs('act')
const folders: string[] = []
const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), 'slipway-test-'))
  folders.push(made)
  return made
}
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))))

const FILES: Record<string, string> = {
  'Cargo.toml': `[package]
name = "small-words-core"
version = "0.2.0"
edition = "2021"
license = "MIT"
description = "Counts words."
repository = "https://github.com/example/small"
include = ["src/**", "LICENSE", "README.md"]

[workspace]
`,
  'Cargo.lock': 'version = 3\n\n[[package]]\nname = "small-words-core"\nversion = "0.2.0"\n',
  'src/lib.rs':
    '//! Counts words.\n\n/// The number of words in a text.\npub fn count(text: &str) -> usize {\n    text.split_whitespace().count()\n}\n',
  'pyproject.toml': `[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[project]
name = "small-words"
version = "0.2.0"
description = "Counts words."
requires-python = ">=3.9"
readme = "README.md"
license = { text = "MIT" }

[tool.setuptools]
packages = ["small_words"]
package-dir = { "" = "python" }
`,
  'python/small_words/__init__.py': '"""Counts words."""\n\n__version__ = "0.2.0"\n',
  'README.md': '# small\n\nCounts words.\n',
  'CHANGELOG.md': '# Changelog\n\n## [0.2.0] - 2026-01-01\n\n- First release.\n',
}

const FILE = '.github/workflows/release.yml'
const HEAD = 'on: { push: { tags: ["v*"] } }\npermissions: { contents: write }\njobs:\n'

/** A committed project with this workflow. */
async function project(workflow: string): Promise<string> {
  const dir = join(await folder(), 'small')
  for (const [name, text] of Object.entries({ ...FILES, [FILE]: workflow })) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), text)
  }
  await cp(join(ROOT, 'LICENSE'), join(dir, 'LICENSE'))
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: dir })
  git('init', '--quiet')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'First')
  return dir
}

/** Single actions in two jobs, with what a hostile or careless step would do. */
const HANDWRITTEN = `${HEAD}  build:
    runs-on: ubuntu-latest
    steps:
      - run: test -z "$(ls -A)" # no checkout yet
      - uses: actions/checkout@v6
        with: { fetch-depth: 0 }
      - uses: actions/setup-python@v6
        with: { python-version: "3.11" }
      - run: git describe --exact-match --tags
      - uses: docker/login-action@v3
        with: { registry: ghcr.io, username: someone, password: "\${{ secrets.GITHUB_TOKEN }}" }
      - run: grep '"ghcr.io"' "$HOME/.docker/config.json"
      - name: Look for secrets of the user
        run: |
          for each in "$HOME/.cargo" "$CARGO_HOME" "$HOME"; do
            test ! -e "$each/credentials.toml"
            test ! -e "$each/.pypirc"
          done
          test -z "$CARGO_REGISTRY_TOKEN$TWINE_PASSWORD$SSH_AUTH_SOCK$GH_TOKEN"
          test "$HOME" != ~root || test "$(id -u)" != 0
          ! ssh -V
          ! curl --silent --max-time 20 --fail https://example.com/
      - uses: someone/slipway@v1
      - uses: someone/slipway/actions/build-wheels@v1
        with: { crates: true, upload: false }
      - uses: actions/upload-artifact@v5
        with: { name: dist, path: dist/* }
  publish:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - uses: actions/download-artifact@v6
        with: { name: dist, path: dist }
      - name: Turn the rehearsal off
        run: |
          echo SLIPWAY_SANDBOX= >>"$GITHUB_ENV"
          echo GITHUB_API_URL=https://github.example.org >>"$GITHUB_ENV"
          echo HTTPS_PROXY= >>"$GITHUB_ENV"
      - uses: someone/slipway/actions/preflight@v1
        with: { crates-token: "\${{ secrets.CARGO_REGISTRY_TOKEN }}", pypi-token: "\${{ secrets.PYPI_API_TOKEN }}" }
      - uses: someone/slipway/actions/create-release@v1
        with: { files: "dist/*", draft: true }
      - uses: someone/slipway/actions/publish-pypi@v1
        with: { repository: testpypi, pypi-token: "\${{ secrets.TEST_PYPI_API_TOKEN }}" }
      - uses: someone/slipway/actions/publish-crate@v1
        with: { crates-token: "\${{ secrets.CARGO_REGISTRY_TOKEN }}" }
      - uses: someone/slipway/actions/publish-pypi@v1
        with: { pypi-token: "\${{ secrets.PYPI_API_TOKEN }}" }
      - uses: someone/slipway/actions/create-release@v1
        with: { files: "dist/*" }
`

act('a hand-written workflow goes through twice, and nothing of the user is seen or changed', async () => {
  const dir = await project(HANDWRITTEN)
  const home = await folder()
  await mkdir(join(home, '.cargo'))
  await writeFile(join(home, '.cargo', 'credentials.toml'), '[registry]\ntoken = "cio-of-the-user"\n')
  await writeFile(join(home, '.pypirc'), '[pypi]\npassword = pypi-of-the-user\n')
  await writeFile(join(home, '.actrc'), '--bind\n-P ubuntu-latest=nowhere\n')
  const env = {
    HOME: home,
    CARGO_HOME: join(home, '.cargo'),
    RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(process.env.HOME ?? '', '.rustup'),
    PYENV_ROOT: process.env.PYENV_ROOT ?? join(process.env.HOME ?? '', '.pyenv'),
    CARGO_REGISTRY_TOKEN: 'cio-of-the-user',
    GH_TOKEN: 'ghp-of-the-user',
  }
  const { code, stdout, stderr, report, state } = await rehearse(dir, { args: ['--workflow'], env })
  folders.push(state)
  expect({ code, stderr, stdout: code === 0 ? '' : stdout }).toEqual({ code: 0, stderr: '', stdout: '' })
  expect(stdout).toMatch(
    /Commands of \.github\/workflows\/release\.yml that run on this machine:\n(?:.*\n)*?.*release\.yml:\d+ +build +git describe/,
  )
  expect(report.destinations.map((each) => `${each.destination} ${each.standing}`)).toEqual([
    'GitHub out',
    'Test PyPI out',
    'crates.io out',
    'PyPI out',
  ])
  expect(report.installed.map((each) => each.what)).toEqual(
    expect.arrayContaining(['small-words-core', 'small-words', 'release assets']),
  )
  const [first, second] = report.passes
  expect(first?.bytesSent).toBeGreaterThan(1000)
  expect(second?.bytesSent).toBe(0)
  expect(report.notRehearsed).toContainEqual({ what: 'actions/setup-python@v6', reason: expect.any(String) })
  // Nothing but what the test itself asked for was tried beyond this machine.
  expect(report.problems.filter((each) => each.code === 'workflow-host-refused').map((each) => each.message)).toEqual([
    'The rehearsal blocked requests from steps to example.com.',
  ])
  const log = (await readFile(join(state, 'log.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each) as LogEntry)
  const published = log.filter(
    (each) => each.effect !== null && ['cargo', 'pypi'].includes(each.service) && each.upload,
  )
  expect(published).toHaveLength(3)
  expect(await readFile(join(home, '.cargo', 'credentials.toml'), 'utf8')).toContain('cio-of-the-user')
})

act('a step that fails is named with what it printed and where the whole log is', async () => {
  const dir = await project(
    `${HEAD}  one:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v6\n      - name: Break\n        run: |\n          echo "this is why"\n          exit 3\n      - uses: someone/slipway@v1\n`,
  )
  const { code, report, state } = await rehearse(dir, { args: ['--workflow', 'release.yml'] })
  folders.push(state)
  expect(code).toBe(1)
  const failed = report.problems.filter((each) => each.severity === 'error')
  expect(failed).toEqual([
    expect.objectContaining({
      code: 'workflow-failed',
      message: expect.stringMatching(/^Job one failed at step Break:\n(?:.*\n)*?this is why/),
    }),
  ])
  const [, log = ''] = /Read the whole log in (.*)$/.exec(failed[0]?.hint ?? '') ?? []
  expect(await readFile(log, 'utf8')).toContain('[one / Break] this is why')
})

act('a workflow that leaves a destination out is reported', async () => {
  const dir = await project(
    `${HEAD}  one:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v6\n      - uses: someone/slipway@v1\n`,
  )
  const { code, report, state } = await rehearse(dir, { args: ['--workflow'] })
  folders.push(state)
  expect(code).toBe(1)
  expect(report.problems.filter((each) => each.severity === 'error').map((each) => each.code)).toContain(
    'workflow-incomplete',
  )
})

test('a planted `cargo publish` is refused before anything runs', async () => {
  const dir = await project(
    `${HEAD}  one:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: someone/slipway@v1\n      - run: cargo publish\n`,
  )
  const { code, stderr } = await slipway(['rehearse', dir, '--workflow'])
  expect(code).toBe(1)
  expect(stderr).toContain(`${FILE}:8: error[workflow-writes-elsewhere]: This step runs \`cargo publish\``)
})

test('a named file that is no YAML, or that the project does not have', async () => {
  const dir = await project('on: [push\n')
  const ended = (name: string) => slipway(['rehearse', dir, '--workflow', name])
  expect((await ended('release.yml')).stderr).toContain('error[workflow-unreadable]')
  expect((await ended('other.yml')).stderr).toContain('error[workflow-missing]: There is no workflow other.yml.')
})

test('without act, it says how to install it', async () => {
  const dir = await project(`${HEAD}  one:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: someone/slipway@v1\n`)
  const tools = await folder()
  for (const each of ['git', 'cargo', 'rustc', 'python3']) {
    const path = execFileSync('sh', ['-c', `command -v ${each}`], { encoding: 'utf8' }).trim()
    await writeFile(join(tools, each), `#!/bin/sh\nexec '${path}' "$@"\n`, { mode: 0o755 })
  }
  const { code, stderr } = await slipway(['rehearse', dir, '--workflow'], undefined, ROOT, {
    PATH: `${tools}:/usr/bin:/bin`,
  })
  expect(code).toBe(1)
  expect(stderr).toMatch(/error\[act-missing\]: act is not .*\n {4}Install it: go install github\.com\/nektos\/act@v/)
})
