import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant, type Tree, workspace } from '../../trees.ts'

const PY = workspace()['py/pyproject.toml'] ?? ''
const CARGO = workspace()['py/Cargo.toml'] ?? ''

async function planned(changes: Tree) {
  return (await planProject(await plant(workspace(changes)))).packages
}

test.each<[string, Tree, string | null]>([
  ['the lowest feature', { 'py/Cargo.toml': CARGO.replace('"abi3-py39"', '"abi3-py310", "abi3-py39"') }, 'cp39'],
  ['no abi3', { 'py/Cargo.toml': CARGO.replace('"abi3-py39"', '') }, null],
  ['abi3 alone, by requires-python', { 'py/Cargo.toml': CARGO.replace('abi3-py39', 'abi3') }, 'cp39'],
  [
    'abi3 alone, by another lower bound',
    { 'py/Cargo.toml': CARGO.replace('abi3-py39', 'abi3'), 'py/pyproject.toml': PY.replace('">=3.9"', '">3.9"') },
    'cp39',
  ],
  [
    'abi3 alone, without a lower bound',
    { 'py/Cargo.toml': CARGO.replace('abi3-py39', 'abi3'), 'py/pyproject.toml': PY.replace('">=3.9"', '"<4"') },
    null,
  ],
  [
    'a feature that maturin enables',
    {
      'py/Cargo.toml': `${CARGO.replace('"abi3-py39"', '')}[features]\nwheel = ["stable"]\nstable = ["pyo3/abi3-py311"]\n`,
      'py/pyproject.toml': `${PY}features = ["wheel"]\n`,
    },
    'cp311',
  ],
  [
    'a feature that nothing enables',
    { 'py/Cargo.toml': `${CARGO.replace('"abi3-py39"', '')}[features]\nwheel = ["pyo3/abi3-py311"]\n` },
    null,
  ],
  [
    'a default feature',
    { 'py/Cargo.toml': `${CARGO.replace('"abi3-py39"', '')}[features]\ndefault = ["pyo3/abi3-py311"]\n` },
    'cp311',
  ],
  [
    'a default feature that maturin leaves out',
    {
      'py/Cargo.toml': `${CARGO.replace('"abi3-py39"', '')}[features]\ndefault = ["pyo3/abi3-py311"]\n`,
      'py/pyproject.toml': `${PY}no-default-features = true\n`,
    },
    null,
  ],
  [
    'all features, as maturin enables them',
    {
      'py/Cargo.toml': `${CARGO.replace('"abi3-py39"', '')}[features]\nwheel = ["pyo3/abi3-py311"]\n`,
      'py/pyproject.toml': `${PY}all-features = true\n`,
    },
    'cp311',
  ],
  [
    'a feature of slipway.toml, beside those of maturin',
    {
      'py/Cargo.toml': `${CARGO.replace('"abi3-py39"', '')}[features]\nwheel = ["pyo3/abi3-py311"]\nlow = ["pyo3/abi3-py310"]\n`,
      'py/pyproject.toml': `${PY}features = ["wheel"]\n`,
      'slipway.toml': '[packages.demo]\nfeatures = ["low"]\n',
    },
    'cp310',
  ],
  [
    'a default feature that arguments in slipway.toml leave out',
    {
      'py/Cargo.toml': `${CARGO.replace('"abi3-py39"', '')}[features]\ndefault = ["pyo3/abi3-py311"]\n`,
      'slipway.toml': '[packages.demo]\nargs = "--no-default-features"\n',
    },
    null,
  ],
  [
    'all features, by arguments in slipway.toml',
    {
      'py/Cargo.toml': `${CARGO.replace('"abi3-py39"', '')}[features]\nwheel = ["pyo3/abi3-py311"]\n`,
      'slipway.toml': '[packages.demo]\nargs = "--locked --all-features"\n',
    },
    'cp311',
  ],
  ['a feature named by maturin', { 'py/pyproject.toml': `${PY}features = ["pyo3/abi3-py38"]\n` }, 'cp38'],
  [
    'a workspace dependency',
    {
      'Cargo.toml': `${workspace()['Cargo.toml']}pyo3 = { version = "0.27", features = ["abi3-py312"] }\n`,
      'py/Cargo.toml': CARGO.replace(/pyo3 = .*/, 'pyo3.workspace = true'),
    },
    'cp312',
  ],
  ['a binary', { 'py/pyproject.toml': `${PY}bindings = "bin"\n` }, null],
])('abi3 by %s', async (_, changes, expected) => {
  expect((await planned(changes)).map((each) => each.abi3)).toEqual([expected])
})
