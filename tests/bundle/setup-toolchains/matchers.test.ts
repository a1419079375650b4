import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from '@jest/globals'
import { findPythons } from '@slipway/toolchain/python'
import { ROOT } from '../../rehearsal/example.ts'
import { run, temporaryFolder, write } from '../../sandbox/harness.ts'
import { needs } from '../../tools.ts'
import { realPorts } from '../../unit/toolchain/ports.ts'
import { runAction } from '../action.ts'
import { exampleRepository, repository, WORKSPACE } from '../project.ts'

interface Pattern {
  regexp: string
  [field: string]: string | number
}

interface Matcher {
  owner: string
  severity?: string
  pattern: Pattern[]
}

type Found = Record<string, string>

const FIELDS = ['file', 'line', 'column', 'severity', 'code', 'message']

function matchersOf(name: string): Matcher[] {
  const file = join(ROOT, 'actions/setup-toolchains/matchers', `${name}.json`)
  return (JSON.parse(readFileSync(file, 'utf8')) as { problemMatcher: Matcher[] }).problemMatcher
}

/** Finds what a matcher finds in a log, as the runner does (actions/runner, `IssueMatcher.cs`): its patterns match lines that follow each other. */
function matched({ pattern, severity, owner }: Matcher, lines: readonly string[]): Found[] {
  let states: (Found | null)[] = pattern.map(() => null)
  const issues: Found[] = []
  for (const line of lines) {
    const next: (Found | null)[] = pattern.map(() => null)
    for (const [index, each] of pattern.entries()) {
      const before = index === 0 ? {} : states[index - 1]
      const match = before && new RegExp(each.regexp).exec(line)
      if (!match) continue
      const own = FIELDS.flatMap((field) =>
        typeof each[field] === 'number' ? [[field, match[each[field]] ?? '']] : [],
      )
      next[index] = { ...before, ...Object.fromEntries(own) }
    }
    const whole = next.at(-1)
    if (whole) issues.push({ owner, ...(severity && { severity }), ...whole })
    states = whole ? pattern.map(() => null) : next
  }
  return issues
}

/** Finds what all matchers of the action find. The runner removes colors first. */
function foundIn(log: string): Found[] {
  const lines = stripVTControlCharacters(log).split(/\r?\n/)
  return ['rust', 'maturin', 'python'].flatMap(matchersOf).flatMap((each) => matched(each, lines))
}

const said = ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}\n${stderr}`

test('errors, warnings and panics of rustc are found, in both formats', async () => {
  const cwd = temporaryFolder()
  write(cwd, {
    'src.rs': 'fn main() {\n    let unused = 1;\n    let x: u32 = "a";\n}\n',
    'panic.rs': 'fn main() {\n    panic!("broken")\n}\n',
  })
  for (const color of ['never', 'always']) {
    const found = foundIn(said(await run(['rustc', `--color=${color}`, 'src.rs'], { cwd })))
    expect(found).toEqual([
      expect.objectContaining({
        owner: 'slipway-rust',
        severity: 'error',
        code: 'E0308',
        file: 'src.rs',
        line: '3',
        column: '18',
        message: 'mismatched types',
      }),
    ])
  }
  const short = foundIn(said(await run(['rustc', '--error-format=short', 'src.rs'], { cwd })))
  expect(short).toEqual([
    expect.objectContaining({ owner: 'slipway-rust-short', severity: 'error', code: 'E0308', line: '3' }),
  ])
  await run(['rustc', 'panic.rs'], { cwd })
  const panic = foundIn(said(await run([join(cwd, 'panic')], { cwd, env: { RUST_BACKTRACE: '0' } })))
  expect(panic).toEqual([{ owner: 'slipway-rust-panic', file: 'panic.rs', line: '2', column: '5', message: 'broken' }])
})

const withClippy = needs('cargo-clippy')

withClippy('lints of clippy are found, and the summary of cargo is not', async () => {
  const cwd = await repository({
    ...WORKSPACE,
    'tool/src/main.rs': 'fn two() -> u32 {\n    return 2;\n}\nfn main() {\n    two();\n}\n',
  })
  const found = foundIn(said(await run(['cargo', 'clippy', '--offline'], { cwd })))
  expect(found).toEqual([
    expect.objectContaining({
      severity: 'warning',
      file: 'tool/src/main.rs',
      line: '2',
      column: '5',
      message: expect.stringContaining('return'),
    }),
  ])
})

test('the failure of maturin is found with its first cause', async () => {
  const { outputs } = await runAction('setup-toolchains', { zig: 'false' }, { cwd: await exampleRepository() })
  const found = foundIn(said(await run([outputs.maturin ?? '', 'build'], { cwd: temporaryFolder() })))
  expect(found).toEqual([
    {
      owner: 'slipway-maturin',
      severity: 'error',
      message: expect.stringMatching(/Cargo\.toml|pyproject\.toml|manifest/i),
    },
  ])
})

test('the last line of a traceback is found with its place, for every Python here', async () => {
  const cwd = temporaryFolder()
  write(cwd, {
    'outer.py': 'import inner\n\ndef call():\n    inner.fail(1)\n\ncall()\n',
    'inner.py': 'def fail(number):\n    value = number + len([1]) + None\n    return value\n',
    'raises.py': 'raise ValueError("bad value")\n',
    'own.py': 'class TooBig(Exception): pass\ndef act():\n    raise RuntimeError()\nact()\n',
  })
  const pythons = await findPythons(realPorts())
  expect(pythons.length).toBeGreaterThan(0)
  for (const { path, version } of pythons) {
    const log = async (script: string) => foundIn(said(await run([path, script], { cwd })))
    expect([version, await log('outer.py')]).toEqual([
      version,
      [
        expect.objectContaining({
          severity: 'error',
          file: expect.stringMatching(/inner\.py$/),
          line: '2',
          message: expect.stringMatching(/^TypeError: /),
        }),
      ],
    ])
    expect([version, await log('raises.py')]).toEqual([
      version,
      [expect.objectContaining({ line: '1', message: 'ValueError: bad value' })],
    ])
    expect([version, await log('own.py')]).toEqual([
      version,
      [expect.objectContaining({ line: '3', message: 'RuntimeError' })],
    ])
  }
})

test('the action registers the files, unless it is asked not to', async () => {
  const cwd = await repository(WORKSPACE)
  const files = async (inputs: Record<string, string>) =>
    (await runAction('setup-toolchains', inputs, { cwd })).commands
      .filter(({ name }) => name === 'add-matcher')
      .map((each) => each.message)
  const registered = await files({})
  expect(registered).toEqual(
    ['rust', 'maturin', 'python'].map((name) => join(ROOT, 'actions/setup-toolchains/matchers', `${name}.json`)),
  )
  expect(await files({ matcher: 'false' })).toEqual([])
})
