import { tmpdir } from 'node:os'
import { expect, test } from '@jest/globals'
import { measureBusy } from '@slipway/core/effects/busy'
import { processExec } from '@slipway/core/effects/exec'

const node = process.execPath
const exec = processExec({ KEPT: 'kept', GONE: 'gone' })
const cwd = tmpdir()

test('code, both streams, lines as they come, the last one without its end', async () => {
  const lines: string[] = []
  const script = 'process.stdout.write("a\\r\\nä\\nlast"); process.stderr.write("e\\n"); process.exitCode = 3'
  const finished = await exec({ argv: [node, '-e', script], cwd, onLine: (line) => lines.push(line) })
  expect(finished).toEqual({ code: 3, stdout: 'a\r\nä\nlast', stderr: 'e\n' })
  expect(lines.sort()).toEqual(['a', 'e', 'last', 'ä'])
})

test('a line that is written over is a line each time, wherever the pieces of the output end', async () => {
  const lines: string[] = []
  const pieces = ['\r 1/9: a', '\r 2/9: b\r', '\ndone\r', '\r', '\nend\r']
  const script = `const pieces = ${JSON.stringify(pieces)}
    const next = () => pieces.length > 0 && process.stderr.write(pieces.shift(), () => setTimeout(next, 20))
    next()`
  const { stderr } = await exec({ argv: [node, '-e', script], cwd, onLine: (line) => lines.push(line) })
  expect(lines.filter((each) => each !== '')).toEqual([' 1/9: a', ' 2/9: b', 'done', 'end'])
  expect(stderr).toBe(pieces.join(''))
})

test('no shell; the environment is what was given, overlaid', async () => {
  const script = 'console.log(JSON.stringify([process.argv[1], process.env.KEPT, process.env.GONE, process.env.NEW]))'
  const env = { GONE: undefined, NEW: 'new' }
  const { stdout } = await exec({ argv: [node, '-e', script, '$HOME; *'], cwd, env })
  expect(JSON.parse(stdout)).toEqual(['$HOME; *', 'kept', null, 'new'])
})

test('killed by a signal is a code; what cannot start rejects with its cause', async () => {
  const { code } = await exec({ argv: [node, '-e', 'process.kill(process.pid, "SIGKILL")'], cwd })
  expect(code).toBe(137)
  const thrown = await exec({ argv: ['no-such-program'], cwd }).catch((each) => each)
  expect([thrown.message, thrown.cause.code]).toEqual(['no-such-program cannot be started', 'ENOENT'])
  expect(process.listenerCount('SIGTERM')).toBe(0)
})

test.each([
  ['nothing', undefined, ''],
  ['an empty text', '', ''],
  ['a text to its end', 'ä\n', 'ä\n'],
])('of %s standard input is just that', async (_, input, read) => {
  const argv = [node, '-e', 'process.stdin.pipe(process.stdout)'] as const
  expect(await exec({ argv, cwd, ...(input !== undefined && { input }) })).toMatchObject({ code: 0, stdout: read })
})

test('who ends before its input is read has its own code', async () => {
  // More than a pipe holds.
  const input = 'x'.repeat(2 ** 22)
  expect(await exec({ argv: [node, '-e', 'process.exit(4)'], cwd, input })).toMatchObject({ code: 4 })
  await expect(exec({ argv: ['no-such-program'], cwd, input })).rejects.toThrow('no-such-program cannot be started')
})

test('busy is the time in which at least one child ran', async () => {
  let now = 0
  const ends: (() => void)[] = []
  const slow = () =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) =>
      ends.push(() => resolve({ code: 0, stdout: '', stderr: '' })),
    )
  const { exec: measured, busySeconds } = measureBusy(slow, { now: () => now, sleep: async () => {} })
  const first = measured({ argv: ['a'], cwd })
  now = 1000
  const second = measured({ argv: ['b'], cwd })
  now = 3000
  ends[0]?.()
  await first
  now = 4000
  expect(busySeconds()).toBe(4)
  ends[1]?.()
  await second
  now = 9000
  expect(busySeconds()).toBe(4)
})
