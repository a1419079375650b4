import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { files, root } from './checkout.ts'

/** A call of jest's `setTimeout`, or a limit after a test's function. */
const OWN_LIMIT = /\bjest\.setTimeout\(|^ *\},(?:\n *| )(?:\d[\d_]*|[A-Z][A-Z\d_]*),?\n? *\)$/m

test('the pattern finds tests that set a limit', () => {
  const found = ['jest.setTimeout(1)', '}, 60_000)', '}, LONG)', '  },\n  LONG,\n)', '  }, 5)']
  expect(found.filter((each) => !OWN_LIMIT.test(`test\n${each}\n`))).toEqual([])
  const other = ['})', 'await setTimeout(5)', '  [\n    1,\n    MANY,\n  ]', 'f({}, LONG)']
  expect(other.filter((each) => OWN_LIMIT.test(each))).toEqual([])
})

test('only jest.config.js sets the time limit of tests', () => {
  const tests = files.filter((each) => /^tests\/.*\.ts$/.test(each) && each !== 'tests/house/time.test.ts')
  expect(tests.length).toBeGreaterThan(100)
  expect(tests.filter((each) => OWN_LIMIT.test(readFileSync(join(root, each), 'utf8')))).toEqual([])
})
