import { expect, test } from '@jest/globals'
import { error, failOnErrors, notice, type Problem, ProblemError, warning } from '@slipway/core/problem'

test('only errors stop a release, and all of them are reported', () => {
  const problems = [
    warning('a', 'A', 'do a'),
    error('b', 'B', 'do b'),
    notice('c', 'C', 'do c'),
    error('d', 'D', 'do d'),
  ]
  expect(() => failOnErrors(problems)).toThrow(new ProblemError([problems[1], problems[3]] as never))
  expect(() => failOnErrors(problems.filter((each) => each.severity !== 'error'))).not.toThrow()
})

test('warnings and notices are logged, with and without errors', () => {
  const logged: string[] = []
  const log = { problem: ({ code }: Problem) => void logged.push(code) }
  const [light, grave] = [notice('a', 'A', 'do a'), error('b', 'B', 'do b')]
  failOnErrors([light, warning('c', 'C', 'do c')], log)
  expect(() => failOnErrors([grave, light], log)).toThrow(new ProblemError(grave))
  expect(logged).toEqual(['a', 'c', 'a'])
})

test('an unknown place is left out', () => {
  expect(error('a', 'A', 'do a')).toEqual({ code: 'a', severity: 'error', message: 'A', hint: 'do a' })
  expect(notice('a', 'A', 'h', { file: 'x', line: 2 }).where).toEqual({ file: 'x', line: 2 })
})
