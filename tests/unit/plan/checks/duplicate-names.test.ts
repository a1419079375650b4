import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { METADATA, plant, type Tree } from '../../trees.ts'

const crate = (name: string, more = '') => `[package]\nname = "${name}"\nversion = "1.2.0"\n${METADATA}${more}`

const hatch = (name: string, more = '') =>
  `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "${name}"\nversion = "1.2.0"\n${more}`

const poetry = (name: string) =>
  `[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry]\nname = "${name}"\nversion = "1.2.0"\n`

test.each<[string, Tree, string[]]>([
  ['two crates', { 'a/Cargo.toml': crate('demo-one'), 'b/Cargo.toml': crate('demo-two') }, []],
  [
    'two of one name, to crates.io',
    { 'a/Cargo.toml': crate('Demo-one'), 'b/Cargo.toml': crate('demo_one') },
    ['error name-twice b/Cargo.toml:2'],
  ],
  ['one of them private', { 'a/Cargo.toml': crate('demo'), 'b/Cargo.toml': crate('demo', 'publish = false\n') }, []],
  ['a crate and a package', { 'Cargo.toml': crate('demo'), 'py/pyproject.toml': hatch('demo') }, []],
  [
    'two packages of one name, to PyPI',
    { 'x/pyproject.toml': hatch('Demo.Pkg'), 'y/pyproject.toml': poetry('demo--pkg') },
    ['error name-twice y/pyproject.toml:5'],
  ],
  [
    'one that PyPI should refuse',
    {
      'x/pyproject.toml': hatch('demo'),
      'y/pyproject.toml': hatch('demo', 'classifiers = ["Private :: Do Not Upload"]\n'),
    },
    [],
  ],
])('%s', async (_, files, expected) => {
  const { problems } = await planProject(await plant(files))
  const duplicates = problems.filter((each) => each.code === 'name-twice')
  expect(duplicates.map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`)).toEqual(
    expected,
  )
})
