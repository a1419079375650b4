import { BAD_CRATES } from './bad-crates.ts'
import { BAD_PACKAGES } from './bad-packages.ts'
import { BAD_WORKFLOWS } from './bad-workflows.ts'
import { type Bad, BINDINGS, CHANGELOG, crate, manifest, members, pure, pyproject, SINGLE, WORKFLOW } from './pieces.ts'

/** Files that cannot be parsed. */
const BROKEN: Record<string, Bad> = {
  'a Cargo.toml that is not valid TOML': {
    files: { ...SINGLE, 'Cargo.toml': '[package]\nname = "demo"\nversion = 1.2.0\n' },
    problems: ['error toml-syntax Cargo.toml:3'],
  },
  'a member that is not valid TOML, and one whose version differs': {
    files: {
      'Cargo.toml': members(['a', 'b', 'c']),
      ...crate('a', 'a', '', ''),
      ...crate('b', 'b', '', '1.1.0'),
      'c/Cargo.toml': '[package\n\nname = "c"\n',
      'CHANGELOG.md': CHANGELOG,
    },
    problems: ['error toml-syntax c/Cargo.toml:1', 'error version-differs b/Cargo.toml:3'],
  },
  'a key twice': {
    files: { ...SINGLE, 'Cargo.toml': manifest('demo', 'license = "Apache-2.0"\n') },
    problems: ['error toml-syntax Cargo.toml:7'],
  },
  'a pyproject.toml that is not valid TOML, beside a crate': {
    files: { ...SINGLE, 'py/pyproject.toml': '[project]\nname = demo\n' },
    problems: ['error toml-syntax py/pyproject.toml:2'],
  },
  'settings that are not valid TOML': {
    files: { ...SINGLE, 'slipway.toml': '\ntag = v{version}\n' },
    problems: ['error toml-syntax slipway.toml:2'],
  },
  'a compose file that is not valid YAML': {
    files: { ...SINGLE, Dockerfile: 'FROM scratch\n', 'compose.yaml': 'services:\n  a:\n    build: [.\n' },
    problems: ['warning compose-unreadable compose.yaml:4'],
  },
  'a workflow that is not valid YAML': {
    files: { ...BINDINGS, [WORKFLOW]: 'jobs:\n  wheels: "\n' },
    problems: [`warning workflow-unreadable ${WORKFLOW}:3`],
  },
  'nothing at all': { files: {}, problems: ['error no-project'] },
  'only an environment': {
    files: { 'pyproject.toml': '[project]\nname = "dev"\nversion = "1.2.0"\n', 'CHANGELOG.md': CHANGELOG },
    problems: ['error no-project'],
  },
  'only an unpublished crate': {
    files: { ...crate('', 'demo', 'publish = false\n'), 'CHANGELOG.md': CHANGELOG },
    problems: ['error no-project'],
  },
}

/** Files that disagree with each other. */
const DISAGREEING: Record<string, Bad> = {
  'another version in every place': {
    files: {
      ...BINDINGS,
      'py/pyproject.toml': pyproject(
        'demo',
        'maturin',
        '[tool.maturin]\nmodule-name = "demo._internal"\npython-source = "python"\n',
        'version = "1.2.1"',
      ),
      'py/python/demo/__init__.py': '"""Demo."""\n__version__ = "1.2.2"\n',
      'py/src/lib.rs': 'fn x() {\n    m.add("__version__", "1.2.3")?;\n}\n',
      'CITATION.cff': 'cff-version: 1.2.0\nversion: 1.2.4\n',
      'compose.yaml': 'services:\n  demo:\n    build: .\n    image: ghcr.io/owner/demo:1.2.5\n',
      Dockerfile: 'FROM scratch\n',
      'conf.py': '\nrelease = "1.2.6"\n',
      'slipway.toml': '[[version-files]]\nfile = "conf.py"\npattern = \'release = "{version}"\'\n',
    },
    problems: [
      'error version-differs py/pyproject.toml:6',
      'error version-differs py/python/demo/__init__.py:2',
      'error version-differs py/src/lib.rs:2',
      'error version-differs compose.yaml:4',
      'warning version-differs CITATION.cff:2',
      'error version-differs conf.py:2',
    ],
  },
  'a guide that shows another minor version than the release, in a place of the settings': {
    files: {
      ...SINGLE,
      'slipway.toml': '[[version-files]]\nfile = "README.md"\npattern = \'demo = "{major}.{minor}"\'\n',
      'README.md': '# Demo\n\n```toml\ndemo = "1.1"\n```\n',
    },
    problems: ['error version-differs README.md:4'],
  },
  'a crate that [patch] makes local, in a version that its dependent does not accept': {
    files: {
      'Cargo.toml': `[workspace]\nresolver = "2"\nmembers = ["a", "z"]\n[patch.crates-io]\nz = { path = "z" }\n`,
      ...crate('a', 'a', '[dependencies]\nz = "1.1"\ny = { package = "z", version = "=1.1.0" }\n'),
      ...crate('z', 'z'),
      'CHANGELOG.md': CHANGELOG,
    },
    problems: ['error sibling-pin-differs a/Cargo.toml:9'],
  },
  'a tag of another version': {
    files: SINGLE,
    tag: 'v1.3.0',
    problems: ['error tag-differs-from-version Cargo.toml:3'],
  },
  'a tag that does not match the pattern of the settings': {
    files: {
      ...SINGLE,
      'slipway.toml': 'tag = "release-{version}"\n',
      'CHANGELOG.md': CHANGELOG.replaceAll('v1.', '1.'),
    },
    tag: 'v1.2.0',
    problems: ['error tag-not-of-pattern slipway.toml:1'],
  },
  'a sibling required in another version, and a lock file with neither': {
    files: {
      'Cargo.toml': members(['a', 'b']),
      ...crate('a', 'a', '', ''),
      ...crate('b', 'b', '[dependencies]\na = { path = "../a", version = "1.3" }\n', ''),
      'Cargo.lock':
        'version = 4\n\n[[package]]\nname = "a"\nversion = "1.1.0"\n\n[[package]]\nname = "b"\nversion = "1.2.0"\ndependencies = [\n "a",\n]\n',
      'CHANGELOG.md': CHANGELOG,
    },
    problems: ['error sibling-pin-differs b/Cargo.toml:8', 'error lock-stale Cargo.lock:5'],
  },
  'members with other versions: helpers, a helper that is a dependency, and others': {
    files: {
      'Cargo.toml': members(['core', 'tests/*', 'helpers']),
      ...crate('core', 'demo', '[dependencies]\nb = { path = "../tests/b", version = "0.1.0" }\n', ''),
      ...crate('tests/a', 'a', '', '0.1.0'),
      ...crate('tests/b', 'b', '', '0.1.0'),
      ...crate('helpers', 'helpers', '', '0.1.0'),
      'CHANGELOG.md': CHANGELOG,
    },
    problems: ['error version-differs helpers/Cargo.toml:3', 'error version-differs tests/b/Cargo.toml:3'],
  },
  'a license expression and classifier, for a backend that refuses both and one that does not': {
    files: Object.fromEntries(
      ['setuptools.build_meta', 'hatchling.build'].map((backend, index) => [
        `${'ab'[index]}/pyproject.toml`,
        pyproject(
          `demo-${index}`,
          backend,
          'license = "MIT"\nclassifiers = ["License :: OSI Approved :: MIT License"]\n',
        ),
      ]),
    ),
    problems: [
      'error license-said-twice a/pyproject.toml:9',
      'notice license-said-twice b/pyproject.toml:9',
      'notice changelog-section-missing',
    ],
  },
  'crates that depend on each other in a cycle': {
    files: {
      'Cargo.toml': members(['a', 'b']),
      ...crate('a', 'a', '[dev-dependencies]\nb = { path = "../b", version = "1.2.0" }\n', ''),
      ...crate('b', 'b', '[dependencies]\na = { path = "../a", version = "1.2.0" }\n', ''),
      'CHANGELOG.md': CHANGELOG,
    },
    problems: ['error dependency-cycle a/Cargo.toml:8'],
  },
  'Pythons on which the wheel does not run': {
    files: {
      ...BINDINGS,
      'py/pyproject.toml': `${BINDINGS['py/pyproject.toml']}`.replace('>=3.9', '>=3.8'),
    },
    problems: ['error requires-python-below-abi3 py/pyproject.toml:7'],
  },
  'a package beside the module’s own, which is missing in the wheel': {
    files: { ...BINDINGS, 'py/python/scs/__init__.py': '' },
    problems: ['warning python-package-left-out py/pyproject.toml:10'],
  },
  'a changelog whose dates, order and links are wrong': {
    files: {
      ...SINGLE,
      'CHANGELOG.md': `# Changelog

## [Unreleased]

- Later.

## [1.1.0] - 2025-04-01

- The first.

## [1.2.0] - 2025-02-30

- The second.

[Unreleased]: https://example.invalid/o/r/compare/v1.1.0...HEAD
[1.2.0]: https://example.invalid/o/r/compare/v1.1.0...v1.1.9
[1.1.0]: https://example.invalid/o/r/releases/tag/v1.1.0
`,
    },
    problems: [
      'warning changelog-date CHANGELOG.md:11',
      'notice changelog-unreleased-left CHANGELOG.md:3',
      'warning changelog-link-differs CHANGELOG.md:16',
      'warning changelog-link-differs CHANGELOG.md:15',
    ],
  },
  'settings for missing files and names': {
    files: {
      ...SINGLE,
      'slipway.toml': `changelog = "NEWS.md"
gates = ["cargo test"]
[crates.dema]
publish = false
[crates.demo]
publish = "no"
[[images]]
file = "Dockerfile"
`,
    },
    problems: [
      'error settings-unknown-key slipway.toml:2',
      'error settings-wrong-type slipway.toml:6',
      'error settings-key-missing slipway.toml:7',
      'error settings-unknown-name slipway.toml:3',
      'error settings-file-missing slipway.toml:1',
      'warning changelog-section-missing NEWS.md:1',
    ],
  },
  'a version that PyPI refuses': {
    files: { ...pure('', 'demo', 'hatchling.build', '1.2.0+local'), 'CHANGELOG.md': null },
    problems: ['error local-version pyproject.toml:6', 'notice changelog-section-missing'],
  },
}

/** Repositories with problems, by what is wrong. */
export const BAD: Record<string, Bad> = {
  ...BAD_WORKFLOWS,
  ...BROKEN,
  ...DISAGREEING,
  ...BAD_CRATES,
  ...BAD_PACKAGES,
}
