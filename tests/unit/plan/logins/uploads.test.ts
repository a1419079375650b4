import { expect, test } from '@jest/globals'
import { CRATE, IDENTITY, job, PYPI, release } from './release.ts'

test('a step without a token in a job with ID tokens uses trusted publishing', async () => {
  const { publishing, problems } = await release(job(PYPI + CRATE, `${IDENTITY}    environment: pypi\n`))
  expect(publishing).toEqual([
    ['pypi', 'identity', true, 'pypi', 'release.yml'],
    ['crates', 'identity', true, 'pypi', 'release.yml'],
  ])
  expect(problems).toEqual([])
})

const TOKENS: [what: string, steps: string, lines?: string][] = [
  ['an input', `${PYPI}        with: { pypi-token: "\${{ secrets.A }}" }\n`],
  ['a former input', `${CRATE}        with: { token: "\${{ secrets.A }}" }\n`],
  ['a variable of the step', `${CRATE}        env: { CARGO_REGISTRY_TOKEN: "\${{ secrets.A }}" }\n`],
  ['a variable of the job', PYPI, '    env: { PYPI_API_TOKEN: "x" }\n'],
  ['the setting never', `${PYPI}        with: { trusted-publishing: never }\n`],
  ["PyPI's own action", '      - uses: pypa/gh-action-pypi-publish@release/v1\n        with: { password: x }\n'],
]

test.each(TOKENS)('%s is a token', async (_, steps, lines = '') => {
  const { publishing, problems } = await release(job(steps, lines))
  expect(publishing.map(([, login]) => login)).toEqual(['token'])
  expect(problems).toEqual([])
})

test('the setting always and an empty token mean trusted publishing', async () => {
  const always = `${PYPI}        with: { pypi-token: x, trusted-publishing: always }\n`
  expect((await release(job(always))).publishing.map(([, login]) => login)).toEqual(['identity'])
  expect((await release(job(`${CRATE}        with: { crates-token: "" }\n`))).publishing[0]?.[1]).toBe('identity')
})

test('other registries are ignored, and Test PyPI is separate', async () => {
  const steps = [
    `${CRATE}        with: { registry: own }\n`,
    `${PYPI}        with: { repository-url: "https://example.invalid/" }\n`,
    `${PYPI}        with: { repository: testpypi }\n`,
    '      - uses: rust-lang/crates-io-auth-action@v1\n',
    '      - uses: pypa/gh-action-pypi-publish@release/v1\n',
  ]
  expect((await release(job(steps.join('')))).publishing.map(([registry]) => registry)).toEqual([
    'testpypi',
    'crates',
    'pypi',
  ])
})

const COMMANDS: [run: string, registry: string, login: string][] = [
  ['uv publish', 'pypi', 'identity'],
  ["uv publish 'wheels-*/*'", 'pypi', 'identity'],
  ['uv publish --trusted-publishing never', 'pypi', 'token'],
  ['uv publish --token "$T"', 'pypi', 'token'],
  ['uv publish --index testpypi dist/*', 'testpypi', 'identity'],
  ['uv publish --publish-url https://example.invalid/legacy/', '', ''],
  ['uv build', '', ''],
  ['maturin upload dist/*', 'pypi', 'identity'],
  ['maturin publish --repository testpypi', 'testpypi', 'identity'],
  ['twine upload -r testpypi dist/*', 'testpypi', 'identity'],
  ['python -m twine upload --password x dist/*', 'pypi', 'token'],
  ['echo uv is great', '', ''],
]

test.each(COMMANDS)('the command %s', async (run, registry, login) => {
  const { publishing } = await release(job(`      - run: ${JSON.stringify(run)}\n`))
  expect(publishing.map((each) => each.slice(0, 2))).toEqual(registry === '' ? [] : [[registry, login]])
})

test('variables of tools are tokens, and mistakes of other tools are only warnings', async () => {
  const env = '    env: { UV_PUBLISH_TOKEN: "x" }\n'
  expect((await release(job('      - run: uv publish\n', env))).publishing[0]?.[1]).toBe('token')
  expect((await release(job('      - run: uv publish\n', '    environment: a\n'))).problems).toEqual([
    'warning identity-not-granted 6',
  ])
  const maturin = '      - uses: PyO3/maturin-action@v1\n        with: { command: upload }\n'
  expect((await release(job(maturin))).publishing[0]?.slice(0, 2)).toEqual(['pypi', 'identity'])
})
