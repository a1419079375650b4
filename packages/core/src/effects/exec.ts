import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { Exec } from '../ports.ts'

const running = new Set<ChildProcess>()

/**
 * A polite end of ours is our children's too: they are told, then the signal takes its usual course,
 * unless someone else listens to it as well.
 */
function passOn(signal: NodeJS.Signals): void {
  for (const child of running) child.kill(signal)
  stopListening()
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}

function stopListening(): void {
  process.off('SIGTERM', passOn)
  process.off('SIGINT', passOn)
}

function started(child: ChildProcess): void {
  if (running.size === 0) {
    process.on('SIGTERM', passOn)
    process.on('SIGINT', passOn)
  }
  running.add(child)
}

function ended(child: ChildProcess): void {
  running.delete(child)
  if (running.size === 0) stopListening()
}

/** Gathers a stream's text and tells its lines; returns what gives the text once the stream has ended. */
function gather(stream: Readable, onLine: (line: string) => void): () => string {
  const decoder = new StringDecoder('utf8')
  const pieces: string[] = []
  let open = ''
  const take = (text: string) => {
    pieces.push(text)
    // Progress is written over, by a return alone; one at the end may be the first half of a line's end.
    const lines = (open + text).split(/\r?\n|\r(?!\n|$)/)
    open = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)))
  return () => {
    take(decoder.end())
    const last = open.replace(/\r$/, '')
    if (last !== '') onLine(last)
    return pieces.join('')
  }
}

/** The code that a shell gives a command killed by a signal. */
function signalCode(signal: NodeJS.Signals | null): number {
  return 128 + (signal === null ? 0 : constants.signals[signal])
}

/**
 * Runs commands as child processes, without a shell.
 * @param env what the commands' own `env` is laid over
 */
export function processExec(env: Readonly<Record<string, string | undefined>>): Exec {
  return ({ argv: [program, ...args], cwd, env: own, input, onLine = () => {} }) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        cwd,
        env: { ...env, ...own },
        stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
        windowsHide: true,
      }) as ChildProcessByStdio<Writable | null, Readable, Readable>
      started(child)
      // Who does not read its input may end before it is written.
      child.stdin?.on('error', () => {}).end(input)
      const stdout = gather(child.stdout, onLine)
      const stderr = gather(child.stderr, onLine)
      child.once('error', (cause) => {
        ended(child)
        reject(new Error(`${program} cannot be started`, { cause }))
      })
      child.once('close', (code, signal) => {
        ended(child)
        resolve({ code: code ?? signalCode(signal), stdout: stdout(), stderr: stderr() })
      })
    })
}
