import { expect } from '@jest/globals'
import type { Step } from './action.ts'

/** What strangers may write where a text is free: each line of it would be a command, markup, or a shell's. */
export const EVIL =
  'x\n::error::pwned\n  ::set-output name=version::pwned\r##[add-mask]pwned\n| a | `b` | <img src=x> $(id) '

/** No command of a stranger, no row of a table with other columns than its head, no markup. */
export function expectHarmless(step: Step): void {
  expect(step.commands.filter((each) => /^\s*pwned/.test(each.message))).toEqual([])
  const ours = ['error', 'warning', 'notice', 'add-mask', 'debug', 'group', 'endgroup']
  expect(step.commands.map((each) => each.name).filter((name) => !ours.includes(name))).toEqual([])
  const columns = (line: string) => line.split('|').length
  for (const part of step.summary.split('\n\n')) {
    const rows = part.split('\n').filter(Boolean)
    if (rows[0]?.startsWith('|')) expect(rows.map(columns)).toEqual(rows.map(() => columns(rows[0] as string)))
  }
  // Addresses are in `](<…>)`, where a browser's spelling leaves no sign that ends them.
  expect(step.summary.replace(/\]\(<[^<>|\s]+>\)/g, ']')).not.toMatch(
    /<(?!\/?(code|details|summary)>|br>)|`|\$\(|^\s*::/m,
  )
}
