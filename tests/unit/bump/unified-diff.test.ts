import { expect, test } from '@jest/globals'
import { unifiedDiff } from '@slipway/bump/unified-diff'

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}\n`).join('')

test('shows three lines around a change, and a missing line end', () => {
  const before = 'a\nb\nc\nd\nversion = "1.2.0"\ne'
  expect(unifiedDiff('p/x.toml', before, before.replace('1.2.0', '1.3.0'))).toBe(
    `--- a/p/x.toml\n+++ b/p/x.toml\n@@ -2,5 +2,5 @@\n b\n c\n d\n-version = "1.2.0"\n+version = "1.3.0"\n e\n\\ No newline at end of file\n`,
  )
})

test('does not search for more changes than anybody reads', () => {
  expect(unifiedDiff('x', numbered('a', 5000), numbered('b', 5000))).toBe(
    'x: more than 2000 lines change. Run `git diff` to see them.\n',
  )
})
