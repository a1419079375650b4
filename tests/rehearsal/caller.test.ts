import { execFile } from 'node:child_process'
import { copyFileSync, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test as plain } from '@jest/globals'
import { atEnd, temporaryFolder } from '../sandbox/harness.ts'
import { callerOf, type Process } from './caller.ts'

const test = existsSync('/proc/self/stat') ? plain : plain.skip
const run = promisify(execFile)

/** A server, and who made each connection to it. */
async function watched(): Promise<{ url: string; callers: Process[][] }> {
  const callers: Process[][] = []
  const server = createServer((_, response) => response.end('yes'))
  server.on('connection', (socket: Socket) => callers.push(callerOf(socket)))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  atEnd(() => server.closeAllConnections())
  atEnd(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, callers }
}

test('a connection is this process’s own', async () => {
  const { url, callers } = await watched()
  await (await fetch(url)).text()
  expect(callers.map(([first]) => first?.pid)).toEqual([process.pid])
})

test('a connection is a grandchild’s, by the program between', async () => {
  const { url, callers } = await watched()
  const shell = join(temporaryFolder(), 'act')
  copyFileSync('/bin/sh', shell)
  // Without a command after it, a shell becomes what it starts.
  const command = `"$NODE" -e 'fetch("${url}").then((each) => each.text())'; true`
  await run(shell, ['-c', command], { env: { NODE: process.execPath, PATH: process.env.PATH } })
  const [[node, act, own] = []] = callers
  expect([act?.name, act?.parent, own?.pid]).toEqual(['act', process.pid, process.pid])
  expect(node?.pid).not.toBe(process.pid)
})

test('a connection that is gone is nobody’s', () => {
  expect(callerOf({ remotePort: 1, localPort: 2 })).toEqual([])
})
