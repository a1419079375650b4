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

function read(given: Record<string, string>, masked: string[] = []) {
  return readInputs(spec, given, (secret) => masked.push(secret))
}

test('what is not given takes its default; names become camel case', () => {
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

test('what is given is read by its kind', () => {
  const inputs = read({
    INPUT_TOKEN: ' x ',
    'INPUT_DRY-RUN': 'True',
    'INPUT_CHANGELOG-FILE': 'CHANGES.md',
    INPUT_ATTEMPTS: '9',
    INPUT_MODE: 'loose',
    INPUT_TARGETS: 'a, b\n\nc,',
    'INPUT_EXTRA-FILES': 'dist/{a,b}\n other \n',
  })
  // The types are held here as well: each of these is what the compiler knows it to be.
  const typed: { dryRun: boolean; attempts: number; mode: 'strict' | 'loose'; targets: string[]; token: string } =
    inputs
  expect(typed).toMatchObject({ token: 'x', dryRun: true, attempts: 9, mode: 'loose', targets: ['a', 'b', 'c'] })
  expect(inputs.extraFiles).toEqual(['dist/{a,b}', 'other'])
})

test('all bad inputs are told at once, and a secret is masked even then', () => {
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
    'input-missing: The input `token` is needed and was not given. Give `token`: any text.',
    'input-invalid: "yes" is not allowed for the input `dry-run`. Give `true` or `false`.',
    'input-invalid: "0" is not allowed for the input `attempts`. Give a whole number from 1 to 9.',
    'input-invalid: "Strict" is not allowed for the input `mode`. Give one of `strict`, `loose`.',
  ])
  expect(() => read({ ...bad, INPUT_TOKEN: 'hidden' }, masked)).toThrow(ProblemError)
  expect(masked).toEqual(['hidden'])
})

test.each(['1.5', '1e1', '0x2', '', ' ', '١'])('%j is no whole number of the input', (given) => {
  if (given.trim() === '') expect(read({ INPUT_TOKEN: 'x', INPUT_ATTEMPTS: given }).attempts).toBe(3)
  else expect(() => read({ INPUT_TOKEN: 'x', INPUT_ATTEMPTS: given })).toThrow('is not allowed')
})
