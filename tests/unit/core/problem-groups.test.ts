import { expect, test } from '@jest/globals'
import { error, notice, type Problem, warning } from '@slipway/core/problem'
import { groupProblems, namesOf, singly, total } from '@slipway/core/problem-groups'

const NAMES = ['demo', 'demo-core', 'demo_py', 'all', 'serde.rs']

/** Returns the groups as the number of their problems and the message of the first. */
function groups(...problems: Problem[]): string[] {
  return groupProblems(problems, NAMES).map(({ count, first }) => `${count} ${first.message}`)
}

const missing = (name: string, what = 'license') =>
  error('missing', `cargo refuses the crate ${name}: it has no ${what}.`, `Add \`${what}\` to ${name}/Cargo.toml.`)

test('problems that differ only in names of the project have one cause', () => {
  expect(groups(missing('demo'), missing('demo-core'), missing('demo_py'))).toEqual([`3 ${missing('demo').message}`])
  expect(groups(missing('demo'), missing('all'), missing('serde.rs'))).toEqual([`3 ${missing('demo').message}`])
})

test.each([
  ['what is missing', missing('demo', 'readme')],
  ['a word that is no name here', missing('other')],
  ['a longer name that contains one', missing('demo-core-2')],
  ['the hint', { ...missing('all'), hint: 'Leave it out.' }],
  ['the severity', { ...missing('all'), severity: 'notice' as const }],
  ['the code', { ...missing('all'), code: 'other' }],
])('problems that differ in %s have several', (_, other) => {
  expect(groupProblems([missing('demo'), other], NAMES)).toHaveLength(2)
})

test('errors come first, then warnings, then notices, each in its order', () => {
  const problems = [notice('c', 'C.', ''), warning('b', 'B.', ''), error('a', 'A.', ''), error('d', 'D.', '')]
  expect(groups(...problems)).toEqual(['1 A.', '1 D.', '1 B.', '1 C.'])
  expect(singly(problems).map((each) => each.first.code)).toEqual(['a', 'd', 'b', 'c'])
})

test('a group counts problems that a plan left out, and has each place once', () => {
  const at = (line: number, more?: number) => ({
    ...notice('todo', 'A TODO.', '', { file: 'a.rs', line }),
    ...(more !== undefined && { more }),
  })
  const [group, ...others] = groupProblems([at(1), at(2), at(2), at(3, 40)])
  expect([group?.count, group?.places.map((each) => each.line), others]).toEqual([44, [1, 2, 3], []])
  expect(total(singly([at(1), at(3, 40)]))).toBe(42)
})

test('a project’s names are those of its crates and packages, and of their folders', () => {
  const crates = [{ name: 'a', version: '1', path: 'crates/core', publish: true }]
  const packages = [{ name: 'b', version: '1', path: '.', backend: 'x', abi3: null, imports: [] }]
  expect(namesOf({ crates, packages })).toEqual(['a', 'core', 'b', '.'])
})
