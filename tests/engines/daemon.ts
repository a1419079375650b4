import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What a service is reached by: variables for the processes that use it. */
export type Env = Record<string, string>

/** A service in a separate process. */
export interface Daemon {
  env: Env
  /** Ends it, by its process id, and waits until it has ended. */
  close(): Promise<void>
}

/** Runs a program and gives its standard output, trimmed. Throws when it fails. */
export async function call(env: Env, program: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(program, args, { env: { ...process.env, ...env }, maxBuffer: 2 ** 26 })
  return stdout.trim()
}

/** A port of 127.0.0.1 that nobody uses at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Whether something answers HTTP, or at least takes connections, at a socket or a port. */
function answers(at: { socketPath: string } | { port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    request({ ...at, host: '127.0.0.1', path: '/_ping' }, (response) => resolve(response.resume().complete || true))
      .on('error', (cause: NodeJS.ErrnoException) => resolve(!['ENOENT', 'ECONNREFUSED'].includes(cause.code ?? '')))
      .end()
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

/**
 * Starts a service and waits until it answers.
 * @param log file for what it writes
 * @throws Error with the end of the log when it ends instead, or does not answer within a minute
 */
export async function startDaemon(
  argv: readonly [string, ...string[]],
  at: { socketPath: string } | { port: number },
  log: string,
  env: Env = {},
): Promise<() => Promise<void>> {
  const [program, ...args] = argv
  const file = openSync(log, 'a')
  const child = spawn(program, args, { stdio: ['ignore', file, file], env: { ...process.env, ...env } })
  child.on('error', () => {})
  for (let tries = 0; tries < 600; tries++) {
    if (await answers(at)) return () => stop(child)
    if (child.exitCode !== null || child.pid === undefined) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await stop(child)
  throw new Error(`${program} does not answer:\n${(await readFile(log, 'utf8')).slice(-2000)}`)
}
