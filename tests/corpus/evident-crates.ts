import { type Evident, HELPERS, two, workflow } from './evident.ts'
import { CHANGELOG, crate, pure } from './pieces.ts'

const MATRIX = '    strategy:\n      matrix:\n        crate: [demo-core]\n'

/** The crates that are released. */
export const PUBLISHED: Record<string, Evident> = {
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
  'a workflow publishes by an action that takes a command of cargo': {
    files: {
      ...HELPERS,
      ...workflow('uses: actions-rs/cargo@v1\n        with:\n          command: publish\n          args: -p demo-core'),
    },
    expected: 'v1.2.0',
    because: '.github/workflows/release.yml:3',
    released: ['crate demo-core', 'package demo'],
  },
  'such an action publishes by the path of a manifest': {
    files: {
      ...HELPERS,
      ...workflow('uses: other/cargo@v2\n        with: { command: publish, args: --manifest-path core/Cargo.toml }'),
    },
    expected: 'v1.2.0',
    because: '.github/workflows/release.yml:3',
    released: ['crate demo-core', 'package demo'],
  },
  'such an action only rehearses': {
    files: {
      ...HELPERS,
      ...workflow('uses: actions-rs/cargo@v1\n        with: { command: publish, args: --dry-run -p demo-core }'),
    },
    expected: 'v1.2.0',
    because: 'CHANGELOG.md:3',
    released: ['crate demo-core', 'crate demo-helper', 'package demo'],
  },
  'a script publishes the crates of a list, and its comments and addresses name others': {
    files: {
      ...HELPERS,
      ...workflow('run: bash publish.sh'),
      'publish.sh':
        '# Not published: demo-helper\ncurl https://example.invalid/demo-helper/versions # of demo-helper\nCRATES=(\n  demo-core\n)\nfor crate in "$CRATES"; do cargo publish -p "$crate"; done\n',
    },
    expected: 'v1.2.0',
    because: '.github/workflows/release.yml:3',
    released: ['crate demo-core', 'package demo'],
  },
  'a script publishes the crates of a list of folders': {
    files: {
      ...HELPERS,
      ...workflow(
        'run: |\n          # not helper\n          for each in ./core; do cargo publish --manifest-path $each/Cargo.toml; done',
      ),
    },
    expected: 'v1.2.0',
    because: '.github/workflows/release.yml:3',
    released: ['crate demo-core', 'package demo'],
  },
  ...Object.fromEntries(
    ['true', '["crates-io"]'].map((publish): [string, Evident] => [
      `a workflow publishes one crate, and another only has publish = ${publish}`,
      {
        files: {
          ...HELPERS,
          ...crate('helper', 'demo-helper', `publish = ${publish}\n`, ''),
          ...workflow('run: cargo publish -p demo-core'),
        },
        expected: 'v1.2.0',
        because: '.github/workflows/release.yml:3',
        released: ['crate demo-core', 'package demo'],
      },
    ]),
  ),
  'a workflow publishes one crate, and another is for another registry': {
    files: {
      ...HELPERS,
      ...crate('helper', 'demo-helper', 'publish = ["ours"]\n', ''),
      ...workflow('run: cargo publish -p demo-core'),
    },
    expected: 'v1.2.0',
    because: '.github/workflows/release.yml:3',
    released: ['crate demo-core', 'crate demo-helper', 'package demo'],
  },
  'a workflow publishes to PyPI only, but tags name a crate that somebody publishes by hand': {
    files: { ...HELPERS, ...workflow('uses: pypa/gh-action-pypi-publish@release/v1') },
    tags: ['demo-helper-v1.1.0', 'v1.1.0'],
    before: { 'v1.1.0': { 'Cargo.toml': HELPERS['Cargo.toml']?.replaceAll('1.2.0', '1.1.0') ?? null } },
    expected: 'v1.2.0',
    because: 'tags v1.1.0',
    released: ['crate demo-core', 'package demo'],
    trains: { 'demo-helper-v{version}': ['demo-helper'], 'v{version}': ['demo-core', 'demo'] },
  },
  ...Object.fromEntries(
    [
      'Run `cargo add demo-core`.\n',
      '```toml\n[dependencies]\ndemo-core = "1"\n```\n',
      '[![](https://img.example.invalid/crates/v/demo-core.svg)](https://docs.rs/demo-core)\n',
    ].map((readme): [string, Evident] => [
      `a workflow publishes to PyPI only, but the README names a crate: ${readme}`,
      {
        files: { ...HELPERS, ...workflow('uses: pypa/gh-action-pypi-publish@release/v1'), 'core/README.md': readme },
        expected: 'v1.2.0',
        because: '.github/workflows/release.yml:3',
        released: ['crate demo-core', 'package demo'],
      },
    ]),
  ),
  ...Object.fromEntries(
    [
      ['tests/README.md', 'cargo add demo-core\n'],
      ['docs/guide.md', 'cargo add demo-core\n'],
      ['README.md', '```toml\ndemo-core = "^1"\n```\n'],
      ['README.md', 'cargo add demo-core --git https://example.invalid/demo\n'],
    ].map(([file = '', text = '']): [string, Evident] => [
      `a workflow publishes to PyPI only, and ${file} says no crate's name to its users: ${text}`,
      {
        files: {
          ...HELPERS,
          ...workflow('uses: pypa/gh-action-pypi-publish@release/v1'),
          [file]: text,
        },
        expected: 'v1.2.0',
        because: '.github/workflows/release.yml:3',
        released: ['package demo'],
      },
    ]),
  ),
  'a workflow publishes one crate, and the README names another': {
    files: { ...HELPERS, ...workflow('run: cargo publish -p demo-core'), 'README.md': 'cargo add demo-helper\n' },
    expected: 'v1.2.0',
    because: '.github/workflows/release.yml:3',
    released: ['crate demo-core', 'package demo'],
  },
}
