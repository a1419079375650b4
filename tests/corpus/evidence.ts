import type { Tree } from '../unit/trees.ts'
import { CHANGELOG, crate, extension, maturin, members, pure } from './pieces.ts'

/** A repository with earlier releases, and what its plan must find. */
export interface Evident {
  files: Tree
  /** The tags in git. */
  tags?: readonly string[]
  /** Files as they were at a tag, if they differ from now: by tag and file. */
  before?: Record<string, Tree>
  /** The pushed tag. */
  tag?: string
  /** The tag of the plan. */
  expected: string
  /** What shows its form; null if it is assumed. */
  because: string | null
  /** The released crates and packages: `crate demo`. */
  released: readonly string[]
  /** The patterns of the trains, each with its members. */
  trains?: Record<string, readonly string[]>
  /** Problems of more than a notice, by their codes. */
  problems?: readonly string[]
}

/** A crate in `rust` and a package of the same name in `python`, whose versions may differ. */
function two(rust: string, python: string): Tree {
  return {
    'Cargo.toml': '[workspace]\nmembers = ["rust"]\n',
    ...crate('rust', 'demo', '', rust),
    ...pure('python', 'demo', 'hatchling.build', python),
    'CHANGELOG.md': `# Changelog\n${[...new Set([rust, python])].map((each) => `\n## ${each}\n\n- New.\n`).join('')}`,
  }
}

/** A workspace with an extension crate, a core crate and a helper that nobody publishes. */
const HELPERS: Tree = {
  'Cargo.toml': members(['core', 'helper', 'py']),
  ...crate('core', 'demo-core', '', ''),
  ...crate('helper', 'demo-helper', '', ''),
  ...extension('py', 'demo-py', 'demo-core = { path = "../core", version = "1.2.0" }\n', ''),
  ...maturin('py', 'demo', 'demo'),
  'CHANGELOG.md': CHANGELOG,
}

/** Returns a workflow that a tag starts, with one step. */
function workflow(step: string, tags = '"v*"', more = ''): Tree {
  return {
    '.github/workflows/release.yml': `on:\n  push:\n    tags: [${tags}]\njobs:\n  publish:\n    runs-on: ubuntu-latest\n${more}    steps:\n      - ${step}\n`,
  }
}

const MATRIX = '    strategy:\n      matrix:\n        crate: [demo-core]\n'

/** Tags whose prefix names a part of the project. */
const PREFIXES: Record<string, Evident> = {
  'a tag that names the folder of a package releases that alone, though a crate has its name and version': {
    files: two('1.2.0', '1.2.0'),
    tag: 'python-v1.2.0',
    expected: 'python-v1.2.0',
    because: null,
    released: ['package demo'],
  },
  'a tag that names a language releases all crates': {
    files: { ...two('1.2.0', '1.2.0'), ...crate('rust', 'demo', '', '1.2.0') },
    tag: 'rs-1.2.0',
    expected: 'rs-1.2.0',
    because: null,
    released: ['crate demo'],
  },
  'a tag that names one crate releases that alone': {
    files: HELPERS,
    tag: 'demo-helper-v1.2.0',
    expected: 'demo-helper-v1.2.0',
    because: null,
    released: ['crate demo-helper'],
  },
  'a tag of a branch name is an error': {
    files: HELPERS,
    tag: 'feature/1.2.0',
    expected: 'feature/1.2.0',
    because: 'CHANGELOG.md:3',
    released: ['crate demo-core', 'crate demo-helper', 'package demo'],
    problems: ['tag-prefix-unknown'],
  },
  'a prefix that no earlier tag has is an error': {
    files: HELPERS,
    tags: ['v1.1.0', 'v1.0.0'],
    tag: 'nodejs-v1.2.0',
    expected: 'nodejs-v1.2.0',
    because: 'tags v1.1.0, v1.0.0',
    released: ['crate demo-core', 'crate demo-helper', 'package demo'],
    trains: { 'v{version}': ['demo-core', 'demo-helper', 'demo'] },
    problems: ['tag-prefix-unknown'],
  },
  'a prefix that names nothing is right if earlier tags have it': {
    files: HELPERS,
    tags: ['release-1.1.0', 'release-1.0.0'],
    before: { 'release-1.1.0': { 'Cargo.toml': HELPERS['Cargo.toml']?.replaceAll('1.2.0', '1.1.0') ?? null } },
    tag: 'release-1.2.0',
    expected: 'release-1.2.0',
    because: 'tags release-1.1.0, release-1.0.0',
    released: ['crate demo-core', 'crate demo-helper', 'package demo'],
    trains: { 'release-{version}': ['demo-core', 'demo-helper', 'demo'] },
  },
}

/** The form of tags. */
const FORMS: Record<string, Evident> = {
  'tags without a v': {
    files: HELPERS,
    tags: ['1.1.0', '1.0.0', 'v0.9.0', 'nightly'],
    expected: '1.2.0',
    because: 'tags 1.1.0, 1.0.0',
    released: ['crate demo-core', 'crate demo-helper', 'package demo'],
    trains: { '{version}': ['demo-core', 'demo-helper', 'demo'] },
  },
  'an abandoned prefix of a language': {
    files: two('1.2.0', '1.2.0'),
    tags: ['python-v0.8.0', 'rust-v0.9.0', 'v1.1.0', 'v1.0.0'],
    expected: 'v1.2.0',
    because: 'tags v1.1.0, v1.0.0',
    released: ['crate demo', 'package demo'],
    trains: { 'v{version}': ['demo', 'demo'] },
  },
  'a maintenance release, older than the newest tag': {
    files: HELPERS,
    tags: ['2.0.0', '1.1.0'],
    expected: '1.2.0',
    because: 'tags 2.0.0, 1.1.0',
    released: ['crate demo-core', 'crate demo-helper', 'package demo'],
  },
  'no tag yet, but a workflow that tags without a v start': {
    files: { ...HELPERS, ...workflow('run: cargo publish -p demo-core', '"[0-9]+.*"') },
    expected: '1.2.0',
    because: '.github/workflows/release.yml:3',
    released: ['crate demo-core', 'package demo'],
  },
  'no evidence but the links of the changelog': {
    files: HELPERS,
    expected: 'v1.2.0',
    because: 'CHANGELOG.md:3',
    released: ['crate demo-core', 'crate demo-helper', 'package demo'],
  },
}

/** Release trains. */
const TRAINS: Record<string, Evident> = {
  'two trains, the plan of the first': {
    files: two('0.4.0', '1.6.3'),
    tags: ['python-v1.6.2', 'rust-v0.3.9'],
    expected: 'rust-v0.4.0',
    because: 'tags rust-v0.3.9',
    released: ['crate demo'],
    trains: { 'python-v{version}': ['demo'], 'rust-v{version}': ['demo'] },
  },
  'two trains, the plan of the other by its tag': {
    files: two('0.4.0', '1.6.3'),
    tags: ['python-v1.6.2', 'rust-v0.3.9'],
    tag: 'python-v1.6.3',
    expected: 'python-v1.6.3',
    because: 'tags python-v1.6.2',
    released: ['package demo'],
    trains: { 'python-v{version}': ['demo'], 'rust-v{version}': ['demo'] },
  },
  'a train whose prefix names nothing, by its versions': {
    files: two('0.4.0', '1.6.3'),
    tags: ['r0.3.9', 'v1.6.2'],
    before: {
      'r0.3.9': crate('rust', 'demo', '', '0.3.9'),
      'v1.6.2': { ...crate('rust', 'demo', '', '0.3.8'), ...pure('python', 'demo', 'hatchling.build', '1.6.2') },
    },
    tag: 'v1.6.3',
    expected: 'v1.6.3',
    because: 'tags v1.6.2',
    released: ['package demo'],
    trains: { 'r{version}': ['demo'], 'v{version}': ['demo'] },
  },
  'a crate that has always had another version is separate': {
    files: {
      'Cargo.toml': members(['core', 'macros']),
      ...crate('core', 'demo', '', ''),
      ...crate('macros', 'demo-macros', '', '0.3.1'),
      'CHANGELOG.md': CHANGELOG,
    },
    tags: ['v1.1.0'],
    before: {
      'v1.1.0': {
        'Cargo.toml': members(['core', 'macros']).replaceAll('1.2.0', '1.1.0'),
        ...crate('macros', 'demo-macros', '', '0.3.0'),
      },
    },
    expected: 'v1.2.0',
    because: 'tags v1.1.0',
    released: ['crate demo', 'crate demo-macros'],
    trains: { 'v{version}': ['demo', 'demo-macros'] },
  },
  'a crate that has always had the version is not': {
    files: {
      'Cargo.toml': members(['core', 'macros']),
      ...crate('core', 'demo', '', ''),
      ...crate('macros', 'demo-macros', '', '1.1.0'),
      'CHANGELOG.md': CHANGELOG,
    },
    tags: ['v1.1.0'],
    before: {
      'v1.1.0': {
        'Cargo.toml': members(['core', 'macros']).replaceAll('1.2.0', '1.1.0'),
        ...crate('macros', 'demo-macros', '', '1.1.0'),
      },
    },
    expected: 'v1.2.0',
    because: 'tags v1.1.0',
    released: ['crate demo', 'crate demo-macros'],
    trains: { 'v{version}': ['demo', 'demo-macros'] },
    problems: ['version-differs'],
  },
}

/** The crates that are released. */
const PUBLISHED: Record<string, Evident> = {
  'a workflow publishes one crate by name, and what it needs': {
    files: { ...HELPERS, ...workflow('run: cargo publish -p demo-core --token "$TOKEN"') },
    expected: 'v1.2.0',
    because: '.github/workflows/release.yml:3',
    released: ['crate demo-core', 'package demo'],
  },
  'a workflow publishes one crate by its folder': {
    files: { ...HELPERS, ...workflow('run: cargo publish\n        working-directory: ./core') },
    expected: 'v1.2.0',
    because: '.github/workflows/release.yml:3',
    released: ['crate demo-core', 'package demo'],
  },
  'a workflow publishes the crates of its matrix': {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub
    files: { ...HELPERS, ...workflow('run: cargo publish -p ${{ matrix.crate }}', '"v*"', MATRIX) },
    expected: 'v1.2.0',
    because: '.github/workflows/release.yml:3',
    released: ['crate demo-core', 'package demo'],
  },
  'a workflow publishes by a Makefile': {
    files: {
      ...HELPERS,
      ...workflow('run: make publish'),
      Makefile: 'publish:\n\t@cargo publish --manifest-path core/Cargo.toml\n',
    },
    expected: 'v1.2.0',
    because: '.github/workflows/release.yml:3',
    released: ['crate demo-core', 'package demo'],
  },
  'a workflow only rehearses the publishing of a workspace': {
    files: { ...HELPERS, ...workflow('run: cargo publish --workspace --dry-run') },
    expected: 'v1.2.0',
    because: 'CHANGELOG.md:3',
    released: ['crate demo-core', 'crate demo-helper', 'package demo'],
  },
  'a workflow publishes the whole workspace without one': {
    files: { ...HELPERS, ...workflow('run: cargo publish --workspace --exclude demo-helper') },
    expected: 'v1.2.0',
    because: '.github/workflows/release.yml:3',
    released: ['crate demo-core', 'package demo'],
  },
  'a workflow publishes to PyPI only': {
    files: { ...HELPERS, ...workflow('uses: pypa/gh-action-pypi-publish@release/v1') },
    expected: 'v1.2.0',
    because: '.github/workflows/release.yml:3',
    released: ['package demo'],
  },
  'a workflow publishes to PyPI only, but tags name the crates': {
    files: { ...two('1.2.0', '1.2.0'), ...workflow('uses: pypa/gh-action-pypi-publish@release/v1', '"python-v*"') },
    tags: ['python-v1.1.0', 'rust-v1.1.0'],
    expected: 'rust-v1.2.0',
    because: 'tags rust-v1.1.0',
    released: ['crate demo'],
    trains: { 'python-v{version}': ['demo'], 'rust-v{version}': ['demo'] },
  },
  'two crates side by side that nobody prepared for crates.io, beside a package': {
    files: {
      'lib/Cargo.toml': '[package]\nname = "inner"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nserde = "*"\n',
      'lib/src/lib.rs': '',
      'profiler/Cargo.toml': '[package]\nname = "profiler"\nversion = "0.1.0"\nedition = "2021"\n',
      'profiler/src/lib.rs': '',
      ...pure('', 'demo', 'hatchling.build', '1.2.0'),
      'CHANGELOG.md': CHANGELOG,
    },
    expected: 'v1.2.0',
    because: 'CHANGELOG.md:3',
    released: ['package demo'],
  },
}

/** Repositories by what their evidence shows. */
export const EVIDENT: Record<string, Evident> = { ...PREFIXES, ...FORMS, ...TRAINS, ...PUBLISHED }
