import { bindings, CHANGELOG, crate, type Good, members, pure, pyproject } from './pieces.ts'

const PYO3 = '[dependencies]\npyo3 = { version = "0.27", features = ["abi3-py39"] }\n'
const OPTIONAL = PYO3.replace(' }', ', optional = true }')
const BOTH = '[lib]\ncrate-type = ["cdylib", "rlib"]\n'

/** An extension module that is not published. @param version of its crate */
const bundle = (version: string) =>
  crate('bundle', 'bundle', `publish = false\n[lib]\ncrate-type = ["cdylib"]\n${PYO3}`, version)

/** Python packages of many shapes, by what is special about each. */
export const GOOD_PACKAGES: Record<string, Good> = {
  'a version that is unknown until it is computed': {
    files: {
      ...pure('', 'demo', 'hatchling.build'),
      'src/demo/__init__.py': `__version__: str = "unknown"
try:
    __version__ = importlib.metadata.version("demo")
except importlib.metadata.PackageNotFoundError:
    pass
`,
      'CHANGELOG.md': CHANGELOG,
    },
    is: { packages: ['demo'], version: '1.2.0' },
  },
  'an extension module whose version is empty until it is set': {
    files: {
      ...bindings('demo', '', PYO3),
      'src/lib.rs': 'const VERSION: &str = "";\nm.add("__version__", VERSION)?;\n',
    },
    is: { packages: ['demo'] },
  },
  'a version in pyproject.toml, and another of the crate that is built into the wheel': {
    files: {
      ...bundle('1.0.0'),
      'python/pyproject.toml': pyproject('demo', 'maturin', '[tool.maturin]\nmanifest-path = "../bundle/Cargo.toml"\n'),
      'CHANGELOG.md': CHANGELOG,
    },
    is: { crates: [], packages: ['demo'], version: '1.2.0' },
  },
  'a published crate and a package of one version, and an extension module that never had one': {
    files: {
      ...crate('', 'demo'),
      ...bundle('0.0.0'),
      'bundle/pyproject.toml': pyproject('demo', 'maturin'),
      'CHANGELOG.md': CHANGELOG,
    },
    is: { crates: ['demo'], packages: ['demo'], version: '1.2.0' },
  },
  'ignored modules that the wheel gets anyway, or that the package can do without': {
    files: {
      ...bindings(
        '_internal',
        'python-source = "python"\nmodule-name = "demo._internal"\ninclude = ["python/demo/_version.py"]\n',
        PYO3,
      ),
      'python/demo/__init__.py': `from ._internal import run
from ._version import __version__
try:
    from ._local import settings
except ImportError:
    settings = {}
`,
      '.gitignore': '_version.py\n_local.py\n',
    },
    is: { packages: ['demo'] },
  },
  'modules beside the package that are listed, or that tools run': {
    files: {
      ...bindings(
        '_internal',
        'python-source = "python"\nmodule-name = "demo._internal"\npython-packages = ["demo", "demo_guard.py"]\n',
        PYO3,
      ),
      'python/demo/__init__.py': 'from ._internal import run\n',
      'python/demo_guard.py': '',
      'python/test_demo.py': '',
      'noxfile.py': '',
    },
    is: { packages: ['demo'] },
  },
  'a library for Rust that a feature turns into an extension module': {
    files: {
      ...bindings('demo', 'features = ["python"]\n'),
      ...crate('', 'demo', `${BOTH}[features]\npython = ["dep:pyo3"]\n${OPTIONAL}`),
    },
    is: { crates: ['demo'], packages: ['demo'] },
  },
  'an extension module that a published crate needs': {
    files: {
      'Cargo.toml': members(['core', 'algo']),
      ...crate('core', 'demo', `${BOTH}${PYO3}`, ''),
      'core/pyproject.toml': pyproject('demo', 'maturin', '', 'dynamic = ["version"]'),
      ...crate('algo', 'demo-algo', '[dependencies]\ndemo = { path = "../core", version = "1.2.0" }\n', ''),
      'CHANGELOG.md': CHANGELOG,
    },
    is: { crates: ['demo', 'demo-algo'], packages: ['demo'] },
  },
  'an extension module that only benchmarks need': {
    files: {
      'Cargo.toml': members(['core', 'benches/speed']),
      ...crate('core', 'demo', `${BOTH}${PYO3}`, ''),
      'core/pyproject.toml': pyproject('demo', 'maturin', '', 'dynamic = ["version"]'),
      ...crate('benches/speed', 'speed', '[dependencies]\ndemo = { path = "../../core", version = "1.2.0" }\n', ''),
      'CHANGELOG.md': CHANGELOG,
    },
    notices: { 'extension-crate-not-published core/Cargo.toml:2': 'its author may want to publish it' },
    is: { crates: [], packages: ['demo'] },
  },
  'a package that only its Cargo.toml names': {
    files: {
      ...bindings('demo', '', PYO3),
      'pyproject.toml': '[build-system]\nrequires = ["maturin>=1,<2"]\nbuild-backend = "maturin"\n',
    },
    is: { crates: [], packages: ['demo'], version: '1.2.0' },
  },
  'a package that only the Cargo.toml in another folder names': {
    files: {
      ...bundle('1.2.0'),
      'python/pyproject.toml':
        '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n[tool.maturin]\nmanifest-path = "../bundle/Cargo.toml"\n',
      'CHANGELOG.md': CHANGELOG,
    },
    is: { crates: [], packages: ['bundle'], version: '1.2.0' },
  },
}
