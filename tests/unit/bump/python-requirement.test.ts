import { expect, test } from '@jest/globals'
import { updatedPythonRequirement } from '@slipway/bump/python-requirement'
import { poetrySpecifier } from '@slipway/project/python/poetry-constraint'
import { plant } from '../trees.ts'
import { bump, contents } from './shapes.ts'

const at = (value: string, version: string, specifierOf: (text: string) => string | null) =>
  updatedPythonRequirement({ value, specifierOf } as Parameters<typeof updatedPythonRequirement>[0], version)

test.each([
  ['~=0.1.0', '0.1.1', '~=0.1.0'],
  ['~=0.1.0', '0.2.0', '~=0.2.0'],
  ['~=0.1', '1.0.0', '~=1.0'],
  ['>=0.1,<0.2', '0.2.0', '>=0.2,<0.3'],
  ['>=0.1.0, <0.2.0', '0.2.1', '>=0.2.1, <0.3.0'],
  ['>=1,<2', '2.3.4', '>=2,<3'],
  ['>=0.1,!=0.1.3,<1', '1.2.0', '>=1.2,!=0.1.3,<2'],
  ['<0.2', '0.2.0', '<0.3'],
  ['<=0.1.9', '0.2.0', '<=0.2.0'],
  ['==0.1.*', '0.2.0', '==0.2.*'],
  ['>=0.1', '0.2.0', '>=0.1'],
  ['~=0.1.0', '0.2.0rc1', '~=0.2.0rc1'],
  ['~=0.1.0rc1', '0.2.0', '~=0.2.0'],
  ['===0.1.0', '0.2.0', '===0.2.0'],
  ['>=0.1,!=0.2.0', '0.2.0', '>=0.2.0'],
])('%p becomes, for %s, %p', (requirement, version, expected) => {
  expect(at(requirement, version, (text) => text)).toBe(expected)
})

test.each([
  ['^0.1.0', '0.1.5', '^0.1.0'],
  ['^0.1.0', '0.2.0', '^0.2.0'],
  ['^1', '2.1.0', '^2'],
  ['~0.1', '0.2.1', '~0.2'],
  ['0.1.0', '0.2.0', '0.2.0'],
  ['==0.1.0', '0.2.0', '==0.2.0'],
  ['0.1.*', '0.2.0', '0.2.*'],
  ['>=0.1,<0.2', '0.2.0', '>=0.2,<0.3'],
  ['^0.1 || ^0.3', '0.2.0', '^0.1 || ^0.3'],
])("Poetry's %p becomes, for %s, %p", (requirement, version, expected) => {
  expect(at(requirement, version, poetrySpecifier)).toBe(expected)
})

test('a bump updates the requirements of sibling packages', async () => {
  const root = await plant({
    'pyproject.toml':
      '[project]\nname = "demo"\nversion = "0.1.9"\ndependencies = ["demo-core~=0.1.0; os_name != \'nt\'", "x~=0.1.0"]\n',
    'core/pyproject.toml':
      '[tool.poetry]\nname = "demo-core"\nversion = "0.1.9"\n[tool.poetry.dependencies]\ndemo = { version = "^0.1" }\n',
    'CHANGELOG.md': '## Unreleased\n- x\n',
  })
  await bump(root, 'minor')
  expect(await contents(root)).toMatchObject({
    'pyproject.toml': expect.stringContaining('["demo-core~=0.2.0; os_name != \'nt\'", "x~=0.1.0"]'),
    'core/pyproject.toml': expect.stringContaining('demo = { version = "^0.2" }'),
  })
})
