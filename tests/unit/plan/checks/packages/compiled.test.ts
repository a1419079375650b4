import { expect, test } from '@jest/globals'
import type { Tree } from '../../../trees.ts'
import { reported } from './package.ts'

/** Returns a package beside the workspace. @param requires further requirements of its build */
function pure(backend: string, more: string, requires = ''): Tree {
  const [tool] = backend.split('.')
  return {
    'pure/pyproject.toml': `[build-system]
requires = ["${tool}"${requires}]
build-backend = "${backend}"
[project]
name = "pure"
version = "1.2.0rc1"
${more}`,
  }
}

const SETUPTOOLS = pure('setuptools.build_meta', '')
const HOOK = '[tool.hatch.build.hooks.custom]\n'
const HATCH = pure('hatchling.build', HOOK)
const AT = 'pure/pyproject.toml'

// The tags of wheels of cffi, hatch's custom hooks, Poetry's scripts and PDM were seen with the backends themselves.
test.each<[string, Tree, string | null]>([
  [
    'setuptools-rust, by a table',
    pure(
      'setuptools.build_meta',
      '[[tool.setuptools-rust.ext-modules]]\ntarget = "pure._lib"\n',
      ', "setuptools-rust"',
    ),
    `${AT}:7`,
  ],
  [
    'setuptools-rust, for a program',
    pure('setuptools.build_meta', '[[tool.setuptools-rust.bins]]\ntarget = "pure"\n', ', "setuptools-rust"'),
    `${AT}:7`,
  ],
  [
    'setuptools-rust, by setup.py',
    { ...SETUPTOOLS, 'pure/setup.py': 'setup(\n    rust_extensions=[RustExtension("pure._lib")],\n)\n' },
    'pure/setup.py:2',
  ],
  ['cffi', { ...SETUPTOOLS, 'pure/setup.py': 'setup(cffi_modules=["build_c.py:ffi"])\n' }, 'pure/setup.py:1'],
  ['Cython', { ...SETUPTOOLS, 'pure/setup.py': 'setup(**{"ext_modules": cythonize("*.pyx")})\n' }, 'pure/setup.py:1'],
  [
    'setuptools, by a table',
    pure('setuptools.build_meta', '[[tool.setuptools.ext-modules]]\nname = "pure._c"\n'),
    `${AT}:7`,
  ],
  ['a plugin of hatchling', pure('hatchling.build', '[tool.hatch.build.hooks.hatch-rs]\n', ', "hatch-rs"'), `${AT}:7`],
  [
    'a hook of hatchling',
    { ...HATCH, 'pure/hatch_build.py': 'build_data["pure_python"] = False\n' },
    'pure/hatch_build.py:1',
  ],
  ['CMake', pure('scikit_build_core.build', ''), `${AT}:3`],
  ['Meson', pure('mesonpy', ''), `${AT}:3`],
  ['a script of Poetry', pure('poetry.core.masonry.api', '[tool.poetry.build]\nscript = "build.py"\n'), `${AT}:7`],
  ['PDM with setuptools', pure('pdm.backend', '[tool.pdm.build]\nrun-setuptools = true\n'), `${AT}:8`],
  ['setuptools without extensions', { ...SETUPTOOLS, 'pure/setup.py': '# setup(ext_modules=[])\nsetup()\n' }, null],
  ['a hook of hatchling that only writes files', { ...HATCH, 'pure/hatch_build.py': 'write()\n' }, null],
  ['a plugin of hatchling that is not used', pure('hatchling.build', '', ', "hatch-mypyc"'), null],
  [
    'cibuildwheel in a workflow',
    {
      ...pure('mesonpy', ''),
      '.github/workflows/wheels.yml': 'on: push\njobs:\n  a:\n    steps:\n      - uses: pypa/cibuildwheel@v3\n',
    },
    `${AT}:3`,
  ],
  ['Meson, in another job', { ...pure('mesonpy', ''), 'slipway.toml': 'prebuilt = ["wheelhouse/pure-*.whl"]\n' }, null],
  [
    'Meson, beside a package of another job',
    { ...pure('mesonpy', ''), 'slipway.toml': 'prebuilt = ["wheelhouse/demo-*.whl"]\n' },
    `${AT}:3`,
  ],
  [
    'auditwheel in a workflow',
    {
      ...pure('mesonpy', ''),
      '.github/workflows/wheels.yml': 'on: push\njobs:\n  a:\n    steps:\n      - run: auditwheel repair dist/*.whl\n',
    },
    `${AT}:3`,
  ],
])('a wheel that is compiled by %s', async (_, tree, where) => {
  expect(await reported(tree)).toEqual(where === null ? [] : [`warning wheel-not-portable ${where}`])
})
