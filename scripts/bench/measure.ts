import { spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

/** A ratio of two things measured side by side in one run. */
export interface Entry {
  name: string
  what: string
  against: string
  ratio: number
  /** What the ratio must not exceed; null where it is shown only. */
  limit: number | null
  /** Requests to the destination in one run of Slipway, and of the peer. */
  requests?: number
  peerRequests?: number
}

/** What every bench is given. */
export interface BenchOptions {
  /** Milliseconds that each request takes longer, and each new connection. */
  delay: number
  /** Shows the requests of one run; does nothing unless they are asked for. */
  trace(title: string, lines: readonly string[]): void
}

/** A bench of main.ts. */
export type Bench = (options: BenchOptions) => Promise<Entry[]>

/** Why a bench has no result, in one sentence. */
export class BenchError extends Error {}

export const ROOT = resolve(import.meta.dirname, '../..')
export const DIST = join(ROOT, 'dist')

/** Rounds of a bench. Medians of fewer than five are for trying a bench only. */
export const ROUNDS = Number(process.env.SLIPWAY_BENCH_ROUNDS || 5)

/** The middle one of some numbers. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}

/** Medians of what contenders measure, one after the other in each round. */
export async function sideBySide<Name extends string>(
  contenders: Record<Name, (round: number) => Promise<number>>,
  rounds = ROUNDS,
): Promise<Record<Name, number>> {
  const entries = Object.entries(contenders) as [Name, (round: number) => Promise<number>][]
  const measured = new Map(entries.map(([name]) => [name, [] as number[]]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of entries) measured.get(name)?.push(await measure(round))
  }
  return Object.fromEntries([...measured].map(([name, values]) => [name, median(values)])) as Record<Name, number>
}

/** How a process ended that did what it was started for. */
export interface Ran {
  /** Of its whole life, its start included. */
  seconds: number
  stdout: string
  stderr: string
}

/** How a process is started. */
export interface RunOptions {
  cwd?: string
  /** On top of this process's environment; a variable that is `undefined` is removed. */
  env?: Record<string, string | undefined>
}

/**
 * Runs a program to its end.
 * @throws BenchError when it does not end with one of the codes
 */
export function run(argv: readonly [string, ...string[]], options: RunOptions = {}, codes = [0]): Promise<Ran> {
  const { cwd, env = {} } = options
  const [program, ...args] = argv
  return new Promise((done, fail) => {
    const start = process.hrtime.bigint()
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    const said = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text) => {
        said[stream] += text
      })
    }
    child.once('error', (cause) => fail(new BenchError(`${program} could not be started: ${cause.message}.`)))
    child.once('close', (code) => {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9
      if (code !== null && codes.includes(code)) return done({ seconds, ...said })
      const all = `${said.stdout}\n${said.stderr}`.trim().split('\n')
      const last = all.findLast((line) => /error/i.test(line)) ?? all.at(-1)
      fail(new BenchError(`\`${argv.join(' ').slice(0, 200)}\` ended with ${code}: ${last?.trim().slice(0, 500)}`))
    })
  })
}

/**
 * The path of a program.
 * @throws BenchError when it is not on PATH
 */
export function program(name: string): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, process.platform === 'win32' ? `${name}.exe` : name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {}
  }
  throw new BenchError(`${name} is not on PATH, and this bench needs it.`)
}

/** Calls something with a temporary folder that is removed afterwards. */
export async function inFolder<Result>(act: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  try {
    return await act(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
