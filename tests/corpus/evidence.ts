import type { Tree } from '../unit/trees.ts'
import { type Evident, HELPERS, two, workflow } from './evident.ts'
import { PUBLISHED } from './evident-crates.ts'
import { CHANGELOG, crate, members, pure, pyproject } from './pieces.ts'

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

/** A crate, and its macros with another version. */
const SEPARATE: Tree = {
  'Cargo.toml': members(['core', 'macros']),
  ...crate('core', 'demo', '', ''),
  ...crate('macros', 'demo-macros', '', '0.3.1'),
  'CHANGELOG.md': CHANGELOG,
}
/** Those manifests at the release before. */
const BEFORE_SEPARATE: Tree = {
  'Cargo.toml': members(['core', 'macros']).replaceAll('1.2.0', '1.1.0'),
  ...crate('macros', 'demo-macros', '', '0.3.0'),
}

/** Returns the manifests of a crate that its own tags release, and of the package built from it, with these versions. */
function builtAt(rust: string, python: string): Tree {
  const library = '[lib]\ncrate-type = ["lib", "cdylib"]\n'
  return {
    ...crate('core', 'demo', library, rust),
    'pyproject.toml': pyproject(
      'demo',
      'maturin',
      '[tool.maturin]\nbindings = "cffi"\nmanifest-path = "core/Cargo.toml"\n',
      `version = "${python}"`,
    ),
  }
}
const BUILT: Tree = {
  'Cargo.toml': '[workspace]\nmembers = ["core"]\n',
  ...builtAt('0.16.0', '4.8.1'),
  ...workflow(
    'uses: actions-rs/cargo@v1\n        with: { command: publish, args: --manifest-path core/Cargo.toml }',
    '"v*", "r*"',
  ),
  'CHANGELOG.md': '# Changelog\n\n## 4.8.1\n\n- New.\n\n## 0.16.0\n\n- New.\n',
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
    files: SEPARATE,
    tags: ['v1.1.0'],
    before: { 'v1.1.0': BEFORE_SEPARATE },
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
  'a mistaken tag is newer than all versions': {
    files: two('0.4.0', '1.6.3'),
    tags: ['python-v1.6.2', 'rust-v3.0.0', 'rust-v0.3.9'],
    before: {
      'rust-v3.0.0': crate('rust', 'demo', '', '0.2.0'),
      'rust-v0.3.9': crate('rust', 'demo', '', '0.3.9'),
    },
    expected: 'rust-v0.4.0',
    because: 'tags rust-v0.3.9',
    released: ['crate demo'],
    trains: { 'python-v{version}': ['demo'], 'rust-v{version}': ['demo'] },
  },
  'a crate is separate by the tag before a mistaken one': {
    files: SEPARATE,
    tags: ['v9.0.0', 'v1.1.0'],
    before: { 'v9.0.0': { 'Cargo.toml': null, 'macros/Cargo.toml': null }, 'v1.1.0': BEFORE_SEPARATE },
    expected: 'v1.2.0',
    because: 'tags v1.1.0',
    released: ['crate demo', 'crate demo-macros'],
    trains: { 'v{version}': ['demo', 'demo-macros'] },
  },
  'a crate is separate by the release before candidates that the files call by the version': {
    files: SEPARATE,
    tags: ['v1.2.0-rc2', 'v1.2.0-rc1', 'v1.1.0'],
    before: { 'v1.1.0': BEFORE_SEPARATE },
    expected: 'v1.2.0',
    because: 'tags v1.1.0',
    released: ['crate demo', 'crate demo-macros'],
    trains: { 'v{version}': ['demo', 'demo-macros'] },
  },
  ...Object.fromEntries(
    [undefined, 'v4.8.1'].map((tag): [string, Evident] => [
      `a published crate and the package built from it, which has another version, by ${tag ?? 'no tag'}`,
      {
        files: BUILT,
        tags: ['r0.15.2', 'v4.8.0'],
        before: { 'r0.15.2': builtAt('0.15.2', '4.8.0'), 'v4.8.0': builtAt('0.15.1', '4.8.0') },
        ...(tag !== undefined && { tag }),
        expected: 'v4.8.1',
        because: 'tags v4.8.0',
        released: ['package demo'],
        trains: { 'r{version}': ['demo'], 'v{version}': ['demo'] },
      },
    ]),
  ),
  'a published crate by the other tags': {
    files: BUILT,
    tags: ['r0.15.2', 'v4.8.0'],
    before: { 'r0.15.2': builtAt('0.15.2', '4.8.0'), 'v4.8.0': builtAt('0.15.1', '4.8.0') },
    tag: 'r0.16.0',
    expected: 'r0.16.0',
    because: 'tags r0.15.2',
    released: ['crate demo'],
    trains: { 'r{version}': ['demo'], 'v{version}': ['demo'] },
  },
  ...Object.fromEntries(
    ['python-v1.6.3', 'python/1.6.3'].map((tag): [string, Evident] => [
      `the changelog calls its sections by the tags, as in ${tag}`,
      {
        files: {
          ...two('0.4.0', '1.6.3'),
          'CHANGELOG.md': `# Changelog\n\n## [${tag}](https://example.invalid)\n\n- New.\n\n## rust-v0.4.0\n\n- Old.\n`,
        },
        tag,
        expected: tag,
        because: null,
        released: ['package demo'],
      },
    ]),
  ),
  ...Object.fromEntries(
    ['wasm-bindgen = "0.2"\n', ''].map((dependency): [string, Evident] => [
      `a library for another language has tags, but no train${dependency && ', even by WebAssembly'}`,
      {
        files: {
          'Cargo.toml': members(['core', 'javascript']),
          ...crate('core', 'demo', '', ''),
          ...crate('javascript', 'demo-js', `[lib]\ncrate-type = ["cdylib"]\n[dependencies]\n${dependency}`, ''),
          'CHANGELOG.md': CHANGELOG,
        },
        tags: ['javascript-v1.1.0', 'rust-v1.1.0'],
        expected: 'rust-v1.2.0',
        because: 'tags rust-v1.1.0',
        released: ['crate demo'],
        trains: { 'rust-v{version}': ['demo'] },
      },
    ]),
  ),
}

/** Repositories by what their evidence shows. */
export const EVIDENT: Record<string, Evident> = { ...PREFIXES, ...FORMS, ...TRAINS, ...PUBLISHED }
