import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { Exec } from '../ports.ts'

const running = new Set<ChildProcess>()

/**
 * Passes a signal on to the running children, then ends this process by it, unless another listener handles the signal.
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

/** Collects a stream's text and calls `onLine` for each line. Returns a function for the text after the stream's end. */
function gather(stream: Readable, onLine: (line: string) => void): () => string {
  const decoder = new StringDecoder('utf8')
  const pieces: string[] = []
  let unfinished = ''
  const take = (text: string) => {
    pieces.push(text)
    // Progress bars end a line by a carriage return alone; at the end of a piece it may be the first half of `\r\n`.
    const lines = (unfinished + text).split(/\r?\n|\r(?!\n|$)/)
    unfinished = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)))
  return () => {
    take(decoder.end())
    const last = unfinished.replace(/\r$/, '')
    if (last !== '') onLine(last)
    return pieces.join('')
  }
}

/** Returns the exit code that a shell reports for a command killed by a signal. */
function signalCode(signal: NodeJS.Signals | null): number {
  return 128 + (signal === null ? 0 : constants.signals[signal])
}

/**
 * Makes an Exec that runs commands as child processes, without a shell.
 * @param env the environment under each command's `env`
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
      // A program that does not read its input may end before all of it is written.
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
