import { expect, test } from '@jest/globals'
import { type Tree, workspace } from '../../trees.ts'
import { planned, pyproject } from '../planned.ts'

const ENVIRONMENT = '[project]\nname = "env"\nversion = "0.1.0"\n'
const VIRTUAL = 'Its pyproject.toml has no [build-system], so it describes an environment, not a package.'
test.each<[string, string, Tree, string | null]>([
  ['no build-system', ENVIRONMENT, {}, VIRTUAL],
  ['no build-system, with a setup.py', ENVIRONMENT, { 'env/setup.py': 'setup()\n' }, null],
  ['no build-system, with a setup.cfg', ENVIRONMENT, { 'env/setup.cfg': '[metadata]\n' }, null],
  ['no build-system, with what setuptools is to do', `${ENVIRONMENT}[tool.setuptools]\npackages = []\n`, {}, null],
  ['no build-system, but a package for uv', `${ENVIRONMENT}[tool.uv]\npackage = true\n`, {}, null],
  [
    'no package for uv',
    pyproject('env', '[tool.uv]\npackage = false\n'),
    {},
    'Its pyproject.toml has `package = false` in [tool.uv].',
  ],
  [
    'no package for Poetry',
    pyproject('env', '[tool.poetry]\npackage-mode = false\n'),
    {},
    'Its pyproject.toml has `package-mode = false` in [tool.poetry].',
  ],
  [
    'no package for PDM',
    pyproject('env', '[tool.pdm]\ndistribution = false\n'),
    {},
    'Its pyproject.toml has `distribution = false` in [tool.pdm].',
  ],
  ['a package for PDM', pyproject('env', '[tool.pdm]\ndistribution = true\n'), {}, null],
])('a pyproject.toml that is %s', async (_, text, files, expected) => {
  const { reasons, problems, plan } = await planned(
    workspace({ 'env/pyproject.toml': text.replace('"1.2.0"', '"0.1.0"'), ...files }),
  )
  expect(reasons).toMatchObject({ demo: null, env: expected })
  const differs = expected === null ? [expect.stringMatching(/^version-differs env\/pyproject.toml:/)] : []
  expect(problems).toEqual(differs)
  expect(plan.matrix.some((each) => each.package === 'env')).toBe(expected === null)
})

test('a package with an extension module stays one, regardless of the settings of uv', async () => {
  const text = workspace()['py/pyproject.toml'] as string
  const { reasons, problems } = await planned(workspace({ 'py/pyproject.toml': `${text}[tool.uv]\npackage = false\n` }))
  expect([reasons, problems]).toEqual([{ demo: null, 'demo-py': expect.stringContaining('publish = false') }, []])
})

test('publishes an environment that the settings name', async () => {
  const settings = '[packages.env]\npublish = true\nversion = "own"\n'
  const { reasons } = await planned(workspace({ 'env/pyproject.toml': ENVIRONMENT, 'slipway.toml': settings }))
  expect(reasons).toMatchObject({ env: null })
})

test('reports why an environment alone is not released', async () => {
  const { plan } = await planned({ 'pyproject.toml': ENVIRONMENT, 'CHANGELOG.md': '## 0.1.0\n\n- New.\n' })
  expect(plan.problems).toEqual([
    expect.objectContaining({
      code: 'no-project',
      message: `Nothing here can be released. env: ${VIRTUAL}`,
      hint: expect.stringContaining('publish = true'),
    }),
  ])
})

test('an environment may give an image its version', async () => {
  const { plan, problems } = await planned({
    'pyproject.toml': ENVIRONMENT,
    Dockerfile: 'FROM scratch\n',
    'compose.yaml': 'services:\n  env:\n    build: .\n    image: ghcr.io/owner/env:0.1.0\n',
    'CHANGELOG.md': '## 0.1.0\n\n- New.\n',
  })
  expect([plan.version, plan.images.map((each) => each.name), problems]).toEqual(['0.1.0', ['ghcr.io/owner/env'], []])
})
