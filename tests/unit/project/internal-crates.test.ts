import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant } from '../trees.ts'
import { crate } from './planned.ts'

test.each<[string, string, string, string[]]>([
  [
    'a tool without metadata',
    '',
    'tool',
    ['It is outside of the workspace and has no description or license, which crates.io requires.'],
  ],
  ['a member without metadata', '', 'member', []],
  ['a tool that asks to be published', 'publish = ["crates-io"]\n', 'tool', []],
])('beside a workspace, %s', async (_, more, as, reasons) => {
  const tool = `[package]\nname = "tool"\nversion = "0.1.0"\n${more}`
  const { crates } = await planProject(
    await plant({
      'Cargo.toml': `[workspace]\nmembers = ["core"${as === 'member' ? ', "core/tool"' : ''}]\n`,
      'core/Cargo.toml': crate('demo'),
      'core/tool/Cargo.toml': tool,
    }),
  )
  expect(crates.find((each) => each.name === 'tool')?.reason ?? []).toEqual(reasons.length > 0 ? reasons[0] : [])
})
