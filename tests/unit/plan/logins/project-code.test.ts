import { expect, test } from '@jest/globals'
import { IDENTITY, job, PYPI, release } from './release.ts'

const CODE: [what: string, steps: string][] = [
  ['a build', '      - run: cargo build --release\n'],
  ['tests', '      - run: |\n          set -e\n          pytest -q\n'],
  ["Slipway's build", '      - uses: someone/slipway/actions/build-wheels@v1\n'],
  ['an action of the project', '      - uses: ./tools/prepare\n'],
]

test.each(CODE)('%s in a job that may publish is reported', async (_, steps) => {
  const together = await release(job(steps + PYPI, `${IDENTITY}    environment: a\n`))
  expect(together.problems).toEqual(['warning identity-beside-code 7'])
  // Another job of the same workflow is the same publisher, unless the publisher has an environment.
  const apart = (publishing: string) => release(job(steps, IDENTITY, 'build') + job(PYPI, publishing))
  expect((await apart(IDENTITY)).problems).toEqual([
    'warning identity-beside-code 6',
    expect.stringMatching(/^notice publisher-without-environment /),
  ])
  expect((await apart(`${IDENTITY}    environment: a\n`)).problems).toEqual([])
  expect((await release(job(steps, '', 'build') + job(PYPI, `${IDENTITY}    environment: a\n`))).problems).toEqual([])
})

const RUNS: [run: string, code: boolean][] = [
  ['# make sure the files are there', false],
  ['apt-get install -y make', false],
  ['echo "now make it"', false],
  ['pip install twine', false],
  ['cargo login', false],
  ['maturin upload dist/*', false],
  ['./scripts/build.sh', true],
  ['bash ci/build.sh', true],
  ['cargo --locked build', true],
  ['cargo xtask dist', true],
  ['docker build .', true],
  ['pip install .', true],
  ['python -m pip install dist/*.whl', true],
  ['python tools/make.py', true],
  ['VAR=1 make dist', true],
]

test.each(RUNS)('%s runs project code: %s', async (run, code) => {
  const { problems } = await release(
    job(`      - run: ${JSON.stringify(run)}\n${PYPI}`, `${IDENTITY}    environment: Release\n`),
  )
  expect(problems).toEqual(code ? ['warning identity-beside-code 7'] : [])
})
