import { expect, test } from '@jest/globals'
import { ProblemError } from '@slipway/core/problem'
import { choice, flag, integer, lines, list, readInputs, text } from '@slipway/runtime/inputs'

const spec = {
  token: text({ required: true, secret: true }),
  'dry-run': flag({ default: false }),
  'changelog-file': text(),
  registry: text({ default: 'crates-io' }),
  attempts: integer({ min: 1, max: 9, default: 3 }),
  mode: choice(['strict', 'loose'], { default: 'strict' }),
  targets: list(),
  'extra-files': lines(),
}

function read(env: Record<string, string>, masked: string[] = []) {
  return readInputs(spec, env, (secret) => masked.push(secret))
}

test('an absent input has its default; names become camel case', () => {
  expect(read({ INPUT_TOKEN: 'x', INPUT_REGISTRY: '  ' })).toEqual({
    token: 'x',
    dryRun: false,
    changelogFile: undefined,
    registry: 'crates-io',
    attempts: 3,
    mode: 'strict',
    targets: [],
    extraFiles: [],
  })
})

test('each kind of input is parsed', () => {
  const inputs = read({
    INPUT_TOKEN: ' x ',
    'INPUT_DRY-RUN': 'True',
    'INPUT_CHANGELOG-FILE': 'CHANGES.md',
    INPUT_ATTEMPTS: '9',
    INPUT_MODE: 'loose',
    INPUT_TARGETS: 'a, b\n\nc,',
    'INPUT_EXTRA-FILES': 'dist/{a,b}\n other \n',
  })
  // This assignment also checks the inferred types.
  const typed: { dryRun: boolean; attempts: number; mode: 'strict' | 'loose'; targets: string[]; token: string } =
    inputs
  expect(typed).toMatchObject({ token: 'x', dryRun: true, attempts: 9, mode: 'loose', targets: ['a', 'b', 'c'] })
  expect(inputs.extraFiles).toEqual(['dist/{a,b}', 'other'])
})

test('all invalid inputs are reported together, and a secret is masked even then', () => {
  const masked: string[] = []
  const bad = { 'INPUT_DRY-RUN': 'yes', INPUT_ATTEMPTS: '0', INPUT_MODE: 'Strict' }
  const thrown = (() => {
    try {
      return read(bad)
    } catch (each) {
      return each
    }
  })() as ProblemError
  expect(thrown).toBeInstanceOf(ProblemError)
  expect(thrown.problems.map(({ code, message, hint }) => `${code}: ${message} ${hint}`)).toEqual([
    'input-missing: The required input `token` is missing. Pass `token`: any text.',
    'input-invalid: "yes" is not allowed for the input `dry-run`. Pass `true` or `false`.',
    'input-invalid: "0" is not allowed for the input `attempts`. Pass a whole number from 1 to 9.',
    'input-invalid: "Strict" is not allowed for the input `mode`. Pass one of `strict`, `loose`.',
  ])
  expect(() => read({ ...bad, INPUT_TOKEN: 'hidden' }, masked)).toThrow(ProblemError)
  expect(masked).toEqual(['hidden'])
})

test.each(['1.5', '1e1', '0x2', '', ' ', '١'])('%j is not a whole number', (value) => {
  if (value.trim() === '') expect(read({ INPUT_TOKEN: 'x', INPUT_ATTEMPTS: value }).attempts).toBe(3)
  else expect(() => read({ INPUT_TOKEN: 'x', INPUT_ATTEMPTS: value })).toThrow('is not allowed')
})
