import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { ROOT } from '../rehearsal/example.ts'
import { temporaryFolder, write } from '../sandbox/harness.ts'
import { runAction, type Step } from './action.ts'
import { repository, WORKSPACE } from './project.ts'

const ACTIONS = readdirSync(join(ROOT, 'actions'))
/** Those that read a project. resume looks at GitHub alone, attest and verify-build at built files. */
const WITH_PATH = ACTIONS.filter((name) => !['publish-pypi', 'resume', 'attest', 'verify-build'].includes(name))

const titles = (step: Step) => step.annotations.map((each) => each.properties.title)

/** One annotation with what to do, the same in the summary, nothing else: neither outputs nor a stack. */
function expectOneProblem(step: Step, title: string | RegExp): void {
  expect([step.code, step.annotations.map((each) => each.name), step.stderr]).toEqual([1, ['error'], ''])
  expect(titles(step)[0]).toMatch(title)
  expect(step.annotations[0]?.message.split('\n').length).toBeGreaterThanOrEqual(2)
  expect(step.summary).toContain('### ❌ 1 error')
  expect(step.seen).not.toMatch(/^\s+at |\.js:\d+|ERR_/m)
}

test.each(WITH_PATH)('%s says that its folder is not there', async (name) => {
  expectOneProblem(await runAction(name, { path: 'nowhere' }, { cwd: temporaryFolder() }), /^no-such-folder$/)
})

test('publish-pypi says that its folder is not there', async () => {
  const step = await runAction('publish-pypi', { 'packages-dir': 'nowhere' }, { cwd: temporaryFolder() })
  expectOneProblem(step, /^no-distributions$/)
})

test.each(['plan', 'build-wheels', 'publish-crate', 'create-release'])(
  '%s says that nothing can be released',
  async (name) => {
    expectOneProblem(await runAction(name, {}, { cwd: temporaryFolder() }), /^no-project$/)
  },
)

test.each(WITH_PATH)('%s reports a broken manifest, with the line if it reads it', async (name) => {
  const cwd = await repository({ 'Cargo.toml': '[workspace]\nmembers = [\n' })
  const step = await runAction(name, {}, { cwd })
  if (name === 'setup-toolchains') expect(step.code).toBe(0)
  else {
    expectOneProblem(step, /^toml-syntax$/)
    expect(step.annotations[0]?.properties).toMatchObject({ file: 'Cargo.toml', line: expect.stringMatching(/^[23]$/) })
  }
})

test.each([
  ['plan', 'fail-on', 'sometimes'],
  ['build-wheels', 'zig', 'yes'],
  ['setup-toolchains', 'zig', '1'],
  ['create-release', 'draft', 'maybe'],
  ['create-release', 'make-latest', 'no'],
])('%s says what is allowed for %s', async (name, input, given) => {
  const step = await runAction(name, { [input]: given }, { cwd: temporaryFolder() })
  expectOneProblem(step, /^input-invalid$/)
  expect(step.annotations[0]?.message).toContain(input)
})

test.each(['setup-toolchains', 'build-wheels', 'publish-crate'])(
  '%s says that Rust is missing, before it gets anything',
  async (name) => {
    const empty = temporaryFolder()
    const cwd = temporaryFolder()
    write(cwd, { ...WORKSPACE, 'app/pyproject.toml': PYPROJECT })
    // Everywhere that tools are looked for.
    const places = ['PATH', 'HOME', 'PYENV_ROOT', 'RUNNER_TOOL_CACHE', 'pythonLocation', 'RUSTUP_HOME', 'CARGO_HOME']
    const env = { ...Object.fromEntries(places.map((each) => [each, empty])), CARGO_REGISTRY_TOKEN: 'hush' }
    const step = await runAction(name, {}, { cwd, env })
    expectOneProblem(step, /^rust-missing$/)
  },
)

const PYPROJECT = `[build-system]
requires = ["maturin>=1.9,<2"]
build-backend = "maturin"
[project]
name = "slipway-demo-app"
dynamic = ["version"]
requires-python = ">=3.9"
[tool.maturin]
bindings = "bin"
`

test('the stack of a failure is logged only with debug logging', async () => {
  const cwd = temporaryFolder()
  const debug = await runAction('plan', { path: 'nowhere' }, { cwd, env: { RUNNER_DEBUG: '1' } })
  expect(
    debug.commands
      .filter((each) => each.name === 'debug')
      .map((each) => each.message)
      .join('\n'),
  ).toMatch(/\n\s+at /)
  expect(titles(debug)).toEqual(['no-such-folder'])
})

test('a failure that no one expected is one line with its cause', async () => {
  const cwd = temporaryFolder()
  write(cwd, { file: '' })
  const step = await runAction('publish-pypi', { 'packages-dir': 'file', password: 'hush' }, { cwd })
  expect([step.code, step.annotations.length]).toEqual([1, 1])
  expect(step.seen).not.toMatch(/^\s+at /m)
})
