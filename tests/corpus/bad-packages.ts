import { type Bad, bindings, CHANGELOG, crate, pyproject } from './pieces.ts'

const PYO3 = '[dependencies]\npyo3 = { version = "0.27", features = ["abi3-py39"] }\n'

const SETUPTOOLS_RUST = pyproject('demo', 'setuptools.build_meta').replace(
  '["setuptools"]',
  '["setuptools", "setuptools-rust"]',
)

/** Returns a package that has another version than its crate. @param sources of its extension module */
function withOtherVersion(sources: string): Bad['files'] {
  return {
    'pyproject.toml': pyproject('demo', 'maturin'),
    ...crate('', 'demo', `publish = false\n[lib]\ncrate-type = ["cdylib"]\n${PYO3}`, '0.0.0'),
    'src/lib.rs': sources,
    'CHANGELOG.md': CHANGELOG,
  }
}

/** Mistakes in Python packages. */
export const BAD_PACKAGES: Record<string, Bad> = {
  'a package that gets another version of its crate as `__version__`': {
    files: withOtherVersion('m.add("__version__", env!("CARGO_PKG_VERSION"))?;\n'),
    problems: ['error version-differs Cargo.toml:3'],
  },
  'a package that gets another version from its Rust sources as `__version__`': {
    files: withOtherVersion('m.add("__version__", "1.1.0")?;\n'),
    problems: ['error version-differs src/lib.rs:1'],
  },
  'a Rust extension that setuptools compiles, by its table': {
    files: {
      'pyproject.toml': `${SETUPTOOLS_RUST}[[tool.setuptools-rust.ext-modules]]\ntarget = "demo._lib"\n`,
      'demo/__init__.py': 'from ._lib import *\n',
      ...crate('', 'demo', `publish = false\n[lib]\ncrate-type = ["cdylib"]\n${PYO3}`),
      'CHANGELOG.md': CHANGELOG,
    },
    problems: ['warning wheel-not-portable pyproject.toml:8'],
  },
  'a Rust extension that setuptools compiles, by setup.py': {
    files: {
      'pyproject.toml': SETUPTOOLS_RUST,
      'setup.py': 'from setuptools import setup\n\nsetup(rust_extensions=[RustExtension("demo._lib")])\n',
      'demo/__init__.py': 'from ._lib import *\n',
      ...crate('', 'demo', `publish = false\n[lib]\ncrate-type = ["cdylib"]\n${PYO3}`),
      'CHANGELOG.md': CHANGELOG,
    },
    problems: ['warning wheel-not-portable setup.py:3'],
  },
  'maturin required but not named, without [project]': {
    files: { ...bindings('demo', '', PYO3), 'pyproject.toml': '[build-system]\nrequires = ["maturin>=1,<2"]\n' },
    problems: ['warning build-backend-missing pyproject.toml:2'],
  },
  'maturin required but not named': {
    files: {
      ...bindings('demo', '', PYO3),
      'pyproject.toml': pyproject('demo', 'maturin').replace('build-backend = "maturin"\n', ''),
    },
    problems: ['warning build-backend-missing pyproject.toml:2'],
  },
}
