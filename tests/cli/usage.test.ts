import { expect, test } from '@jest/globals'
import { COMMANDS } from '../../packages/cli/src/usage.ts'
import { nodes, slipway, start } from './command.ts'

const names = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]

test.each(['--help', '-h', 'help'])('slipway %s names every command', async (argument) => {
  const { code, stdout, stderr } = await slipway([argument])
  expect([code, stderr]).toEqual([0, ''])
  for (const name of names) expect(stdout).toContain(`slipway ${name}`)
})

test.each(names)('slipway %s --help lists each of its options, wherever --help comes', async (name) => {
  for (const args of [
    [name, '--help'],
    [name, 'x', 'y', 'z', '-h'],
  ]) {
    const { code, stdout, stderr } = await slipway(args)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(new RegExp(`^slipway ${name} `))
    for (const option of Object.keys(COMMANDS[name].options))
      expect(stdout).toMatch(new RegExp(`^ {2}--${option}\\b`, 'm'))
  }
})

test.each([
  [[], '\n  slipway plan [DIR] '],
  [['pln'], '\n  slipway plan [DIR] '],
  [['toString'], '\n  slipway plan [DIR] '],
  [['--json'], '\n  slipway plan [DIR] '],
  [['plan', '--jsn'], '\n\nslipway plan '],
  [['plan', '--tag'], '\n\nslipway plan '],
  [['plan', '--json=yes'], '\n\nslipway plan '],
  [['plan', 'a', 'b'], '\n\nslipway plan '],
  [['rehearse', 'a', 'b'], '\n\nslipway rehearse '],
  [['sandbox', 'a'], '\n\nslipway sandbox '],
  [['sandbox'], '\n\nslipway sandbox '],
])('wrong usage: slipway %j', async (args, usage) => {
  const { code, stdout, stderr } = await slipway(args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(usage)
  expect(stderr).not.toMatch(/^\s+at |ERR_/m)
})

test('slipway runs on each installed node', async () => {
  const found = await nodes()
  expect(found.map(([, path]) => path)).toContain(process.execPath)
  for (const [version, node] of found) {
    const { code, stdout, stderr } = await slipway(['--help'], undefined, node)
    expect([version, code, stderr]).toEqual([version, 0, ''])
    expect(stdout).toContain('slipway plan')
  }
})

test('slipway ends silently when its output is closed', async () => {
  const child = start(['--help'])
  child.stdout.destroy()
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  await new Promise((done) => child.once('close', done))
  expect(errors).toBe('')
})
