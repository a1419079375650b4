import { type Bad, bindings, CHANGELOG, crate, pure, pyproject } from './pieces.ts'

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
  'an extension module that a package imports, while maturin looks for a package of its own name': {
    files: {
      ...bindings('_demo_internal', 'python-source = "python"\n', PYO3),
      'python/demo/__init__.py': 'from ._demo_internal import run\n',
    },
    problems: ['error python-module-missing pyproject.toml:9'],
  },
  'an extension module that a package beside the crate imports, while the wheel gets the module alone': {
    files: {
      ...bindings('_demo_internal', '', PYO3),
      'demo/__init__.py': 'from . import (  # the extension\n    _demo_internal,\n)\n',
    },
    problems: ['warning python-package-left-out pyproject.toml:8'],
  },
  'a module beside the package in its source folder': {
    files: {
      ...bindings('_internal', 'python-source = "python"\nmodule-name = "demo._internal"\n', PYO3),
      'python/demo/__init__.py': 'from ._internal import run\n',
      'python/demo_guard.py': '',
      'python/conftest.py': '',
    },
    problems: ['warning python-package-left-out pyproject.toml:9'],
  },
  'a module beside the package and the crate that the package imports': {
    files: {
      ...bindings('_internal', 'module-name = "demo._internal"\n', PYO3),
      'demo/__init__.py': 'import demo_guard\nfrom ._internal import run\n',
      'demo_guard.py': '',
      'release.py': '',
    },
    problems: ['warning python-package-left-out pyproject.toml:9'],
  },
  'a module that git ignores and the package imports': {
    files: {
      ...bindings('_internal', 'python-source = "python"\nmodule-name = "demo._internal"\n', PYO3),
      'python/demo/__init__.py': 'from ._internal import run\nfrom ._version import __version__\n',
      'python/demo/_version.py': '__version__ = "1.2.0"\n',
      '.gitignore': '*.so\n_version.py\n',
    },
    problems: ['error python-module-ignored python/demo/__init__.py:2'],
  },
  'a folder of modules that git ignores and the package imports, with hatchling': {
    files: {
      ...pure('', 'demo', 'hatchling.build'),
      'src/demo/__init__.py': '# For a test.\n\nfrom demo.generated import tables\n',
      'src/demo/.gitignore': 'generated/\n',
      'CHANGELOG.md': CHANGELOG,
    },
    problems: ['error python-module-ignored src/demo/__init__.py:3'],
  },
  'an image that installs the package of its own release, at its version': {
    files: {
      ...pure('', 'demo', 'hatchling.build'),
      Dockerfile: 'FROM docker.io/library/python:3.13\nARG V\nRUN pip install demo==$V\n',
      'compose.yaml': 'services:\n  demo:\n    build: .\n    image: ghcr.io/owner/demo\n',
      'CHANGELOG.md': CHANGELOG,
    },
    problems: ['warning image-installs-release Dockerfile:3'],
  },
  'an image that installs the crate of its own release': {
    files: {
      ...crate('', 'demo'),
      Dockerfile: 'FROM docker.io/library/rust:1.90\nRUN cargo install demo\n',
      'compose.yaml': 'services:\n  demo:\n    build: .\n    image: ghcr.io/owner/demo\n',
      'CHANGELOG.md': CHANGELOG,
    },
    problems: ['warning image-installs-release Dockerfile:2'],
  },
  'another version in a package beside the sources that no wheel contains': {
    files: {
      ...bindings('_internal', 'python-source = "python"\nmodule-name = "demo._internal"\n', PYO3),
      'python/demo/__init__.py': 'from ._internal import run\n',
      'scs/__init__.py': '"Scripts."\n__version__ = "1.1.0"\n',
      'tests/__init__.py': '__version__ = "0.0.0"\n',
    },
    problems: ['warning version-differs scs/__init__.py:2'],
  },
  'another version in a package beside a crate, without any wheel': {
    files: { ...crate('', 'demo'), 'scs/__init__.py': '__version__ = "1.1.0"\n', 'CHANGELOG.md': CHANGELOG },
    problems: ['warning version-differs scs/__init__.py:1'],
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
