import { tmpdir } from 'node:os'
import { expect, test } from '@jest/globals'
import { measureBusy } from '@slipway/core/effects/busy'
import { processExec } from '@slipway/core/effects/exec'

const node = process.execPath
const exec = processExec({ KEPT: 'kept', GONE: 'gone' })
const cwd = tmpdir()

test('a command gives its code, both streams and its lines, also a last line without an end', async () => {
  const lines: string[] = []
  const script = 'process.stdout.write("a\\r\\nä\\nlast"); process.stderr.write("e\\n"); process.exitCode = 3'
  const finished = await exec({ argv: [node, '-e', script], cwd, onLine: (line) => lines.push(line) })
  expect(finished).toEqual({ code: 3, stdout: 'a\r\nä\nlast', stderr: 'e\n' })
  expect(lines.sort()).toEqual(['a', 'e', 'last', 'ä'])
})

test('each version of an overwritten line is a line, wherever the output is cut into pieces', async () => {
  const lines: string[] = []
  const pieces = ['\r 1/9: a', '\r 2/9: b\r', '\ndone\r', '\r', '\nend\r']
  const script = `const pieces = ${JSON.stringify(pieces)}
    const next = () => pieces.length > 0 && process.stderr.write(pieces.shift(), () => setTimeout(next, 20))
    next()`
  const { stderr } = await exec({ argv: [node, '-e', script], cwd, onLine: (line) => lines.push(line) })
  expect(lines.filter((each) => each !== '')).toEqual([' 1/9: a', ' 2/9: b', 'done', 'end'])
  expect(stderr).toBe(pieces.join(''))
})

test('a command runs without a shell, in the given environment with its changes', async () => {
  const script = 'console.log(JSON.stringify([process.argv[1], process.env.KEPT, process.env.GONE, process.env.NEW]))'
  const env = { GONE: undefined, NEW: 'new' }
  const { stdout } = await exec({ argv: [node, '-e', script, '$HOME; *'], cwd, env })
  expect(JSON.parse(stdout)).toEqual(['$HOME; *', 'kept', null, 'new'])
})

test('a signal becomes an exit code; a program that cannot start rejects with its cause', async () => {
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
])('with %s, standard input is exactly that', async (_, input, read) => {
  const argv = [node, '-e', 'process.stdin.pipe(process.stdout)'] as const
  expect(await exec({ argv, cwd, ...(input !== undefined && { input }) })).toMatchObject({ code: 0, stdout: read })
})

test('a command that ends before it has read its input keeps its exit code', async () => {
  // More than fits into a pipe.
  const input = 'x'.repeat(2 ** 22)
  expect(await exec({ argv: [node, '-e', 'process.exit(4)'], cwd, input })).toMatchObject({ code: 4 })
  await expect(exec({ argv: ['no-such-program'], cwd, input })).rejects.toThrow('no-such-program cannot be started')
})

test('the busy time is the time with at least one running child', async () => {
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
