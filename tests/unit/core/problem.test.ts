import { expect, test } from '@jest/globals'
import { error, failOnErrors, notice, type Problem, ProblemError, warning } from '@slipway/core/problem'

test('only errors stop, and all of them are told', () => {
  const problems = [
    warning('a', 'A', 'do a'),
    error('b', 'B', 'do b'),
    notice('c', 'C', 'do c'),
    error('d', 'D', 'do d'),
  ]
  expect(() => failOnErrors(problems)).toThrow(new ProblemError([problems[1], problems[3]] as never))
  expect(() => failOnErrors(problems.filter((each) => each.severity !== 'error'))).not.toThrow()
})

test('what does not stop is told, whether something else stops or not', () => {
  const told: string[] = []
  const log = { problem: ({ code }: Problem) => void told.push(code) }
  const [light, grave] = [notice('a', 'A', 'do a'), error('b', 'B', 'do b')]
  failOnErrors([light, warning('c', 'C', 'do c')], log)
  expect(() => failOnErrors([grave, light], log)).toThrow(new ProblemError(grave))
  expect(told).toEqual(['a', 'c', 'a'])
})

test('where is left out when it is not known', () => {
  expect(error('a', 'A', 'do a')).toEqual({ code: 'a', severity: 'error', message: 'A', hint: 'do a' })
  expect(notice('a', 'A', 'h', { file: 'x', line: 2 }).where).toEqual({ file: 'x', line: 2 })
})
