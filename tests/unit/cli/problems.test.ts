import { expect, test } from '@jest/globals'
import { error, notice, warning } from '@slipway/core/problem'
import { singly } from '@slipway/core/problem-groups'
import { describeGroup, showProblems } from '../../../packages/cli/src/problems.ts'

/** Returns what the command shows of problems. */
function shown(problems: Parameters<typeof showProblems>[1], names: string[] = [], width = Number.POSITIVE_INFINITY) {
  let text = ''
  const write = (more: string) => {
    text += more
  }
  showProblems({ write, live: false, color: false, width }, problems, names)
  return text
}

test('a problem ends with its page, once, if it has one', () => {
  const described = (color: boolean, ...problem: [code: string, message: string, hint: string]) =>
    singly([error(...problem)])
      .map((each) => describeGroup({ write() {}, live: false, color, width: Number.POSITIVE_INFINITY }, each))
      .join('')
  const page = 'docs/problems/tag-missing.md'
  expect(described(false, 'tag-missing', 'No tag.', 'Tag it.')).toBe(
    `error[tag-missing]: No tag.\n    Tag it.\n    See ${page}\n`,
  )
  expect(described(true, 'tag-missing', 'No tag.', 'Tag it.')).toContain(`    \u001b[2mSee ${page}\u001b[0m\n`)
  expect(described(true, 'tag-missing', 'No tag.', 'Tag it.')).toContain('\u001b[31merror[tag-missing]\u001b[0m: ')
  const known = `Tag it.\nSee https://example.invalid/owner/slipway/blob/v1/${page}`
  expect(described(false, 'tag-missing', 'No tag.', known).match(/See /g)).toHaveLength(1)
  expect(described(false, 'someone-elses', 'No.', 'Do.')).toBe('error[someone-elses]: No.\n    Do.\n')
})

test('problems come worst first, one cause once, with its first three places', () => {
  const at = (name: string) => ({ file: `${name}/Cargo.toml`, line: 2 })
  const names = ['a', 'b', 'c', 'd']
  const problems = [
    notice('n', 'Good to know.', 'Read it.', at('a')),
    ...names.map((name) => warning('w', `The crate ${name} has no readme.`, `Add ${name}/README.md.`, at(name))),
    error('e', 'The crate a fails.', 'Fix it.', at('a')),
  ]
  expect(shown(problems, names)).toBe(`a/Cargo.toml:2: error[e]: The crate a fails.
    Fix it.
warning[w] (4 times): The crate a has no readme.
    in a/Cargo.toml:2, b/Cargo.toml:2, c/Cargo.toml:2 and 1 more
    Add a/README.md.
a/Cargo.toml:2: notice[n]: Good to know.
    Read it.
`)
  // Without the names of the project, the messages differ.
  expect(shown(problems).match(/^\w\/Cargo\.toml:2: warning/gm)).toHaveLength(4)
})

test('several problems at one place, and problems that a plan left out, are counted', () => {
  const where = { file: 'release.yml', line: 9 }
  const pending = ['x', 'y'].map((name) => notice('p', `PyPI has no ${name}.`, 'Register it.', where))
  expect(shown(pending, ['x', 'y'])).toBe(
    'notice[p] (2 times): PyPI has no x.\n    in release.yml:9\n    Register it.\n',
  )
  const left = { ...notice('t', 'A TODO.', 'Do it.', { file: 'a.rs', line: 1 }), more: 5 }
  expect(shown([left])).toBe('notice[t] (6 times): A TODO.\n    in a.rs:1\n    Do it.\n')
})

test('long messages are broken to fit into the terminal', () => {
  const problem = error('e', 'This message is longer than the terminal is wide.', 'Make it wider, or leave it so.')
  const text = shown([problem], [], 30)
  expect(text).toBe(
    'error[e]: This message is\n    longer than the terminal\n    is wide.\n    Make it wider, or leave it\n    so.\n',
  )
})
