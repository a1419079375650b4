import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { COMMANDS } from '../../packages/cli/src/usage.ts'
import { run, tested } from './harness.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/sandbox.md'), 'utf8')
const commands = [...`${page}\n${COMMANDS.sandbox.usage}`.matchAll(/^ *((?:curl|put) .*)$/gm)].map(
  ([, line = '']) => line,
)

/** Runs a documented command in a shell; returns the control service's answer. */
async function answerOf(control: string, command: string): Promise<unknown> {
  const { code, stdout, stderr } = await run(['sh', '-c', `put() { curl -X PUT "$@"; }\n${command}`], {
    env: { CONTROL: control },
  })
  if (code !== 0) throw new Error(`${command}: ${stderr}`)
  return JSON.parse(stdout)
}

test.each(commands)('the documented command works: %s', async (command) => {
  const { control } = await tested()
  const answer = await answerOf(control.url, command)
  if (command.includes('/pypi/delete')) expect(answer).toEqual({ message: 'There is no file project-1.0.0.tar.gz.' })
  else expect(answer).not.toHaveProperty('message')
})

test('the documentation covers the commands', () => {
  expect(commands.length).toBeGreaterThan(15)
  const paths = [
    'faults',
    'cargo/lag',
    'github/immutable',
    'ghcr/auth',
    'oidc/claims',
    'pypi/publishers',
    'actions/token',
  ]
  for (const path of paths) expect(commands.filter((each) => each.includes(`$CONTROL/${path}`))).not.toEqual([])
})

test('the fault in the help meets the next upload to PyPI', async () => {
  const sandbox = await tested()
  const [command = ''] = /curl -d .*/.exec(COMMANDS.sandbox.usage) ?? []
  expect(await answerOf(sandbox.control.url, command)).toEqual({ ok: true })
  const upload = async () => (await fetch(sandbox.pypi.upload, { method: 'POST' })).status
  expect([await upload(), await upload()]).toEqual([503, 403])
})
