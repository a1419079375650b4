import { EVIL } from '../bundle/harmless.ts'
import type { Tree } from '../unit/trees.ts'
import { CHANGELOG, crate, extension, manifest, maturin, members, pyproject } from './pieces.ts'

/** A repository of a malicious author. */
export interface Hostile {
  files: Tree
  /** Symbolic links by path, with their targets; `OUTSIDE` is a folder beside the repository, with a secret in its files. */
  links?: Record<string, string>
  tag?: string
  /** Problems that the plan must report among others, `severity code file:line`. */
  problems?: readonly string[]
}

const SINGLE: Tree = { ...crate('', 'demo'), 'CHANGELOG.md': CHANGELOG }
const MANIFEST = manifest('demo')
const text = (value: string) => JSON.stringify(value)
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n')

/** Texts that a shell, the runner or a terminal would obey. */
const TEXTS: Record<string, Hostile> = {
  'a tag for a shell': {
    files: SINGLE,
    tag: 'v1.2.0;touch pwned',
    problems: ['error tag-differs-from-version Cargo.toml:3'],
  },
  'a tag in backquotes': {
    files: SINGLE,
    tag: '`touch pwned`',
    problems: ['error tag-differs-from-version Cargo.toml:3'],
  },
  'a tag that is an option': {
    files: SINGLE,
    tag: '--upload-pack=touch pwned',
    problems: ['error tag-differs-from-version Cargo.toml:3'],
  },
  'a tag for the runner': { files: SINGLE, tag: EVIL, problems: ['error tag-differs-from-version Cargo.toml:3'] },
  'a changelog for the runner': {
    files: {
      ...SINGLE,
      'CHANGELOG.md': `# Changelog\n\n## [1.2.0] - 2025-05-01\n\n${EVIL}\n\u001b]0;pwned\u0007\u001b[2J\n`,
    },
  },
  'names, versions and licenses of a crate': {
    files: {
      'Cargo.toml': `[package]\nname = ${text(EVIL)}\nversion = ${text(EVIL)}\nlicense = ${text(EVIL)}\ndescription = "d"\nkeywords = [${text(EVIL)}]\n`,
    },
    problems: ['error version-not-semver Cargo.toml:3'],
  },
  'names and classifiers of a package': {
    files: {
      'pyproject.toml': pyproject(
        'demo',
        'hatchling.build',
        `classifiers = [${text(EVIL)}]\nlicense = ${text(EVIL)}\n`,
      ).replace('"demo"', text(EVIL)),
    },
    problems: ['error package-name-invalid pyproject.toml:5', 'error classifier-invalid pyproject.toml:8'],
  },
  'settings and workflows': {
    files: {
      ...SINGLE,
      'slipway.toml': `tag = ${text(EVIL)}\n${text(EVIL)} = 1\n[crates.${text(EVIL)}]\npublish = true\n`,
      '.github/workflows/a.yml': `wheels: ${EVIL}: "\n`,
    },
    problems: ['error settings-bad-value slipway.toml:1', 'error settings-unknown-key slipway.toml:2'],
  },
  'names of files': {
    files: {
      ...SINGLE,
      'Cargo.toml': members(['*']),
      'a\n::error::pwned\n/Cargo.toml': manifest('a', '[dependencies]\nb = { path = "../b" }\n'),
      '\u001b[31m$(touch pwned)\u0007/Cargo.toml': '[package\n',
    },
    problems: [
      'error path-dependency-without-version a\n::error::pwned\n/Cargo.toml:8',
      'error toml-syntax \u001b[31m$(touch pwned)\u0007/Cargo.toml:1',
    ],
  },
}

/** Paths out of the repository, and cycles. */
const PATHS: Record<string, Hostile> = {
  'links out of the repository': {
    files: { 'Cargo.toml': members(['*']) },
    links: {
      'CHANGELOG.md': 'OUTSIDE/secret',
      'a/Cargo.toml': 'OUTSIDE/Cargo.toml',
      b: 'OUTSIDE',
      'compose.yaml': 'OUTSIDE/secret',
      'pyproject.toml': '/etc/passwd',
      'slipway.toml': 'OUTSIDE/secret',
    },
    problems: [
      'error file-unreadable a/Cargo.toml:1',
      'error file-unreadable pyproject.toml:1',
      'error file-unreadable slipway.toml:1',
    ],
  },
  'links to themselves, and to missing files': {
    files: SINGLE,
    links: { loop: '.', 'a/Cargo.toml': 'Cargo.toml', 'b/Cargo.toml': 'gone' },
  },
  'paths out of the repository': {
    files: {
      'Cargo.toml': `${manifest('demo', 'readme = "/etc/passwd"\nlicense-file = "../../../../../etc/passwd"\n[dependencies]\netc = { path = "../../../../../etc", version = "1" }\noutside = { path = "../OUTSIDE", version = "1" }\n')}[workspace]\nmembers = ["../*", "../../etc", "/etc/*", "..", "."]\nexclude = ["../.."]\n`,
      'pyproject.toml': pyproject(
        'demo',
        'maturin',
        'readme = "../../../../etc/passwd"\nlicense-files = ["/etc/*", "../OUTSIDE/*"]\n[tool.maturin]\nmanifest-path = "../OUTSIDE/Cargo.toml"\npython-source = "/etc"\n',
      ),
      'slipway.toml': 'changelog = "../OUTSIDE/secret"\nnotes = "/etc/passwd"\n',
      'compose.yaml':
        'services: { a: { build: ../OUTSIDE, image: o/n }, b: { build: { context: ., dockerfile: /etc/passwd }, image: o/m } }\n',
    },
    problems: ['error settings-bad-value slipway.toml:1', 'error settings-bad-value slipway.toml:2'],
  },
  'a workspace that contains itself, and crates that depend on each other in cycles': {
    files: {
      'Cargo.toml': `${manifest('demo', '[dependencies]\ndemo = { path = ".", version = "1.2.0" }\na = { path = "a", version = "1.2.0" }\n')}[workspace]\nmembers = [".", "./a/..", "a", "a/../a"]\n`,
      'a/Cargo.toml': `${manifest('a', '[dependencies]\ndemo = { path = "..", version = "1.2.0" }\n')}[workspace]\nmembers = [".."]\n`,
    },
    problems: ['error dependency-cycle Cargo.toml:8'],
  },
}

/** Input that is too large or too deep. */
const SIZES: Record<string, Hostile> = {
  'TOML of 20 MB': {
    files: { 'Cargo.toml': MANIFEST + '# \n'.repeat(7_000_000) },
    problems: ['error file-unreadable Cargo.toml:1'],
  },
  'TOML of many values': { files: { 'Cargo.toml': `${MANIFEST}keywords = [${'"a", '.repeat(150_000)}]\n` } },
  'tables in tables, 10,000 deep': {
    files: {
      ...SINGLE,
      'a/Cargo.toml': `a = ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`,
      'b/Cargo.toml': `a = ${'{a = '.repeat(10_000)}1${'}'.repeat(10_000)}\n`,
      'c/pyproject.toml': `[${'a.'.repeat(10_000)}a]\n`,
      'slipway.toml': `${'a.'.repeat(10_000)}a = 1\n`,
    },
    problems: ['error toml-syntax c/pyproject.toml:1', 'error toml-syntax slipway.toml:1'],
  },
  'a changelog of 20 MB': { files: { ...SINGLE, 'CHANGELOG.md': CHANGELOG + 'x\n'.repeat(10_000_000) } },
  'a changelog that is slow to parse as Markdown': {
    files: {
      ...SINGLE,
      'CHANGELOG.md': `${CHANGELOG}${'['.repeat(500_000)}\n${'> '.repeat(200_000)}\n${'*a_ '.repeat(200_000)}\n${'`'.repeat(500_000)}\n${lines(50_000, (n) => `[${n}]: <`)}\n${lines(50_000, (n) => `[${n}]`)}\n`,
    },
  },
  'YAML that expands to a billion nodes': {
    files: {
      ...SINGLE,
      'compose.yaml': `a0: &a0 { build: . }\n${lines(50, (n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`)}\nservices: *a50\n`,
      '.github/workflows/a.yml': `wheels: ${'['.repeat(100_000)}\n`,
      '.github/workflows/b.yml': `wheels: [${'a,'.repeat(2_000_000)}]\n`,
    },
    problems: ['warning workflow-unreadable .github/workflows/b.yml:1'],
  },
  'a Dockerfile with thousands of stages': {
    files: {
      ...SINGLE,
      Dockerfile: `${lines(20_000, (n) => `ARG a${n}=$a${n - 1}$a${n - 1}`)}\n${lines(100_000, (n) => `FROM o/n${n}`)}\n`,
    },
  },
  'sources with thousands of versions': {
    files: {
      ...extension('', 'demo-py'),
      ...Object.fromEntries(Object.entries(maturin('x', 'demo', 'demo')).map(([file, each]) => [file.slice(2), each])),
      'src/lib.rs': 'm.add("__version__", "1.1.0")?; // TODO\n'.repeat(120_000),
      'python/demo/__init__.py': '__version__ = "1.1.0"\n'.repeat(200_000),
    },
  },
}

/** Repositories of malicious authors, by what they try. */
export const HOSTILE: Record<string, Hostile> = { ...TEXTS, ...PATHS, ...SIZES }
