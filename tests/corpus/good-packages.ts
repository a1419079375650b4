import { bindings, CHANGELOG, type Good, pure } from './pieces.ts'

const PYO3 = '[dependencies]\npyo3 = { version = "0.27", features = ["abi3-py39"] }\n'

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
}
