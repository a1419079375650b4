import { GOOD_PACKAGES } from './good-packages.ts'
import {
  CHANGELOG,
  crate,
  extension,
  type Good,
  manifest,
  maturin,
  members,
  pure,
  pyproject,
  withCrlf,
  withMark,
} from './pieces.ts'
import { BINDINGS, CHAIN, EVERY_SETTING, IMAGE, LARGE, many, needs, POETRY } from './shapes.ts'

/** Repositories of many shapes, by what is special about each. */
export const GOOD: Record<string, Good> = {
  'a single crate': {
    files: { ...crate('', 'demo'), 'CHANGELOG.md': CHANGELOG },
    is: { crates: ['demo'], packages: [], version: '1.2.0' },
  },
  'a crate that is also the workspace, and inherits its version': {
    files: {
      'Cargo.toml': `[workspace]\nmembers = ["macros"]\n[workspace.package]\nversion = "1.2.0"\n${manifest('demo', '[dependencies]\ndemo-macros = { path = "macros", version = "=1.2.0" }\n', '')}`,
      'src/lib.rs': '',
      ...crate('macros', 'demo-macros', '', ''),
      'CHANGELOG.md': CHANGELOG,
    },
    is: { crates: ['demo-macros', 'demo'] },
  },
  'a virtual workspace of crates that depend on each other': { files: CHAIN, is: { crates: ['zed', 'mid', 'all'] } },
  'crates that [patch] puts in the place of published ones': {
    files: {
      'Cargo.toml': `[workspace]\nresolver = "2"\nmembers = ["a", "z"]\n[patch.crates-io]\nz = { path = "z" }\n`,
      ...crate('a', 'a', '[dependencies]\nz = "1.2"\n'),
      ...crate('z', 'z'),
      'CHANGELOG.md': CHANGELOG,
    },
    is: { crates: ['z', 'a'] },
  },
  'a crate and its maturin package': { files: BINDINGS, is: { crates: ['demo'], packages: ['demo'] } },
  'Python packages of four backends, side by side': {
    files: {
      ...BINDINGS,
      ...pure('tools/a', 'demo-a', 'hatchling.build'),
      ...pure('tools/b', 'demo-b', 'setuptools.build_meta'),
      ...POETRY,
    },
    is: { crates: ['demo'], packages: ['demo', 'demo-a', 'demo-b', 'demo-old'] },
  },
  'helpers, bindings for other languages and environments beside the released crates': {
    files: LARGE,
    is: { crates: ['demo-support', 'demo'], packages: ['demo', 'dev'], version: '1.2.0' },
  },
  'only Python': {
    files: { ...pure('', 'demo', 'hatchling.build'), 'CHANGELOG.md': CHANGELOG },
    is: { crates: [], packages: ['demo'], version: '1.2.0' },
  },
  'a Python package whose backend reads the version from a file': {
    files: {
      'Cargo.toml': members(['core']),
      ...crate('core', 'demo', '', ''),
      'py/pyproject.toml': pyproject(
        'demo',
        'hatchling.build',
        '[tool.hatch.version]\npath = "demo/__init__.py"\n',
        'dynamic = ["version"]',
      ),
      'py/demo/__init__.py': '__version__ = "1.2.0"\n',
      'CHANGELOG.md': CHANGELOG,
    },
    is: { crates: ['demo'], packages: ['demo'] },
  },
  'several crates with separate versions and tags': {
    files: {
      ...crate('first', 'first', '', '1.2.0'),
      ...crate('second', 'second', '', '0.4.0'),
      'CHANGELOG.md': CHANGELOG,
    },
    tag: 'first-v1.2.0',
    is: { crates: ['first', 'second'], version: '1.2.0' },
  },
  'several crates and packages, with a pattern of tags in the settings': {
    files: {
      'slipway.toml': 'tag = "{name}/v{version}"\n',
      ...crate('first', 'first', '', '0.4.0'),
      ...crate('second', 'second', '', '1.2.0'),
      ...pure('third', 'third', 'hatchling.build', '7.0'),
      'CHANGELOG.md': CHANGELOG,
    },
    tag: 'second/v1.2.0',
    is: { crates: ['second', 'first'], version: '1.2.0' },
  },
  'a tag with the folder of the project': {
    files: { ...crate('', 'demo'), 'CHANGELOG.md': CHANGELOG },
    tag: 'rust/demo/v1.2.0',
    is: { crates: ['demo'], version: '1.2.0' },
  },
  'the line ends of Windows': {
    files: withCrlf({ ...BINDINGS, ...IMAGE, ...pure('tools/a', 'demo-a', 'hatchling.build') }),
    is: { crates: ['demo'], packages: ['demo', 'demo-a'] },
  },
  'byte order marks': {
    files: withMark({ ...BINDINGS, ...IMAGE, ...pure('tools/a', 'demo-a', 'hatchling.build') }),
    is: { crates: ['demo'], packages: ['demo', 'demo-a'] },
  },
  'texts and file names outside ASCII': {
    files: {
      ...crate('', 'demo', 'authors = ["Ærøskøbing Œuvre 🜍"]\nreadme = "LIES MICH – 読んで.md"\n'),
      'LIES MICH – 読んで.md': '# Δοκιμή 🚀\n',
      'größe/日本.txt': '✓\n',
      'CHANGELOG.md': CHANGELOG.replace('The second.', 'Größer, schöner, 更快, 🚢.'),
    },
    is: { crates: ['demo'] },
  },
  'no changelog': {
    files: crate('', 'demo'),
    notices: { 'changelog-section-missing': 'a release without notes may be intended' },
    is: { crates: ['demo'] },
  },
  'a changelog of conventional-changelog, whose patches are as deep as their changes': {
    files: {
      ...crate('', 'demo', '', '1.2.1'),
      'CHANGELOG.md':
        '# Changelog\n\n### [1.2.1](https://example.invalid/o/r/compare/1.2.0...1.2.1) (2025-11-01)\n\n\n### Bug Fixes\n\n* fix the clock\n\n## [1.2.0](https://example.invalid/o/r/compare/1.1.0...1.2.0) (2025-05-01)\n\n\n### Features\n\n* a clock\n',
    },
    tag: '1.2.1',
    is: { version: '1.2.1' },
  },
  'a changelog with a section for each crate': {
    files: {
      'Cargo.toml': members(['one', 'two']),
      ...crate('one', 'one', '', ''),
      ...crate('two', 'two', '', ''),
      'CHANGELOG.md':
        '# Changelog\n\n## `one` — [1.2.0]\n\n- A change.\n\n## `two` — [1.2.0]\n\n- Another.\n\n## `one` — [1.1.0]\n\n- Old.\n',
    },
    is: { version: '1.2.0' },
  },
  'a changelog without brackets': {
    files: {
      ...crate('', 'demo'),
      'changes.md': '# 1.2.0 (2025-05-01)\n\n## Added\n\n- Two.\n\n# 1.1.0 (2025-04-01)\n\n- One.\n',
    },
    is: { crates: ['demo'] },
  },
  'a changelog with a v, and links in its headings': {
    files: {
      ...crate('', 'demo'),
      'HISTORY.md':
        'History\n=======\n\n## [v1.2.0](https://example.invalid/o/r/releases/tag/v1.2.0) - 2025-05-01\n\n* Two.\n\n## [v1.1.0](https://example.invalid/o/r/releases/tag/v1.1.0) - 2025-04-01\n',
    },
    is: { crates: ['demo'] },
  },
  'a prerelease, as spelled by Cargo and by Python': {
    files: {
      'Cargo.toml': members(['core', 'py']).replace('1.2.0', '1.2.0-rc.1'),
      ...crate('core', 'demo', '', ''),
      ...extension('py', 'demo-py', 'demo = { path = "../core", version = "1.2.0-rc.1" }\n', ''),
      ...maturin('py', 'demo', 'demo'),
      'py/python/demo/__init__.py': '__version__ = "1.2.0rc1"\n',
      'CHANGELOG.md': '# Changelog\n\n## [1.2.0-rc.1] - 2025-05-01\n\n- Soon.\n\n## [1.1.0] - 2025-04-01\n',
    },
    is: { crates: ['demo'], packages: ['demo'], version: '1.2.0-rc.1' },
  },
  'only an extension module': {
    files: {
      ...crate(
        '',
        'demo-python',
        '[lib]\nname = "demo"\ncrate-type = ["cdylib"]\n[dependencies]\npyo3 = { version = "0.27", features = ["abi3-py39"] }\n',
      ),
      'pyproject.toml': pyproject('demo', 'maturin', '', 'dynamic = ["version"]'),
      'CHANGELOG.md': CHANGELOG,
    },
    is: { crates: [], packages: ['demo'] },
  },
  'two binaries, one of them shipped by maturin': {
    files: {
      ...crate('', 'demo', '[[bin]]\nname = "one"\npath = "src/one.rs"\n[[bin]]\nname = "two"\npath = "src/two.rs"\n'),
      'src/one.rs': 'fn main() {}\n',
      'src/two.rs': 'fn main() {}\n',
      'pyproject.toml': pyproject('demo', 'maturin', '[tool.maturin]\nbindings = "bin"\n', 'dynamic = ["version"]'),
      'CHANGELOG.md': CHANGELOG,
    },
    is: { crates: ['demo'], packages: ['demo'] },
  },
  'paths with spaces': {
    files: {
      'Cargo.toml': members(['the core', 'the bindings']),
      ...crate('the core', 'demo', 'readme = "read me.md"\n', ''),
      'the core/read me.md': '# Demo\n',
      ...extension('the bindings', 'demo-py', 'demo = { path = "../the core", version = "1.2.0" }\n', ''),
      ...maturin('the bindings', 'demo', 'demo'),
      'CHANGELOG.md': CHANGELOG,
    },
    is: { crates: ['demo'], packages: ['demo'] },
  },
  'a private tool with another version that depends on the released crate': {
    files: {
      'Cargo.toml': members(['core', 'xtask']),
      ...crate('core', 'demo', '', ''),
      ...crate('xtask', 'xtask', 'publish = false\n[dependencies]\ndemo = { path = "../core" }\n', '0.0.0'),
      'CHANGELOG.md': CHANGELOG,
    },
    is: { crates: ['demo'], version: '1.2.0' },
  },
  'a crate for a private registry': {
    files: { ...crate('', 'demo', 'publish = ["ours"]\n'), 'CHANGELOG.md': CHANGELOG },
    is: { crates: ['demo'] },
  },
  'a Dockerfile and a compose file': {
    files: { ...crate('', 'demo'), ...IMAGE, 'CHANGELOG.md': CHANGELOG },
    is: { crates: ['demo'] },
  },
  'every setting': {
    files: {
      ...BINDINGS,
      ...pure('scs', 'scs-autotuner', 'hatchling.build', '0.3'),
      'Cargo.toml': `${BINDINGS['Cargo.toml']}`.replace('"py"', '"py", "tool"'),
      ...crate('tool', 'tool', '', '0.0.1'),
      'slipway.toml': EVERY_SETTING,
      'CHANGELOG.md': null,
      'docs/changes.md': CHANGELOG.replaceAll('v1.', 'release-1.'),
      'docs/conf.py': "release = '1.2.0'\n",
      'docs/notes.md': 'Notes.\n',
      'docker/Dockerfile': 'FROM scratch AS build\n',
    },
    is: { crates: ['demo'], packages: ['demo', 'scs-autotuner'], version: '1.2.0' },
  },
  'workflows that build wheels correctly': {
    files: {
      ...BINDINGS,
      '.github/workflows/release.yml': `on: { push: { tags: ["v*"] } }
jobs:
  wheels:
    strategy: { matrix: { os: [ubuntu-latest, macos-latest, windows-latest] } }
    runs-on: \${{ matrix.os }}
    steps:
      - uses: actions/checkout@v5
      - run: maturin build --release --zig --compatibility manylinux_2_17 --out dist
        working-directory: py
      - uses: actions/upload-artifact@v4
        with: { name: "wheels-\${{ matrix.os }}", path: py/dist }
`,
    },
    is: { crates: ['demo'], packages: ['demo'] },
  },
  'workflows that test wheels, and that search for the version without its v': {
    files: {
      ...BINDINGS,
      '.github/workflows/release.yml': `on: { push: { tags: ["v*"] } }
jobs:
  test:
    strategy: { matrix: { os: [ubuntu-latest, macos-latest], python: ["3.9", "3.13"] } }
    runs-on: \${{ matrix.os }}
    steps:
      - run: |
          maturin build --release --out dist -m py/Cargo.toml
          pip install dist/*.whl pytest-cov && pytest --cov --cov-report xml
      - uses: actions/upload-artifact@v4
        with: { name: "coverage-\${{ matrix.os }}-\${{ matrix.python }}", path: coverage.xml }
  release:
    runs-on: ubuntu-latest
    steps:
      - run: |
          VERSION=$(echo "$GITHUB_REF_NAME" | cut -d v -f 2)
          echo "releasing $GITHUB_REF_NAME"
          sed -n "/## \\[$VERSION\\]/,/## \\[/p" CHANGELOG.md > notes.md
`,
    },
    is: { crates: ['demo'], packages: ['demo'] },
  },
  'three hundred crates in a row': {
    files: {
      'Cargo.toml': members(['crates/*']),
      ...Object.assign({}, ...many.map((name, index) => crate(`crates/${name}`, name, needs(index), ''))),
      'CHANGELOG.md': CHANGELOG,
    },
    is: { crates: many },
  },
  ...GOOD_PACKAGES,
}
