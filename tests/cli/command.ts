import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join, sep } from 'node:path'
import { ENTRY } from '../rehearsal/example.ts'
import { type Ended, run } from '../sandbox/harness.ts'

/** Removes Jest's own flags and the variables that force colours. */
const ENV = { NODE_OPTIONS: undefined, FORCE_COLOR: undefined, NO_COLOR: undefined, RUNNER_DEBUG: undefined }

/** Runs the built command to its end, with its output in pipes. */
export function slipway(args: readonly string[], cwd?: string, node = process.execPath): Promise<Ended> {
  return run([node, ENTRY, ...args], { env: ENV, ...(cwd !== undefined && { cwd }) })
}

/** Starts the built command; the caller ends it. */
export function start(args: readonly string[]) {
  return spawn(process.execPath, [ENTRY, ...args], {
    env: { ...process.env, ...ENV },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Returns the nodes to try: the current one, and the first on PATH outside node_modules. */
export async function nodes(): Promise<[version: string, path: string][]> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((each) => !each.split(sep).includes('node_modules'))
  const other = folders.map((each) => join(each, 'node')).find((each) => existsSync(each))
  const found = new Map<string, string>()
  for (const path of [process.execPath, ...(other === undefined ? [] : [other])]) {
    const version = (await run([path, '--version'], { env: ENV })).stdout.trim()
    if (Number(/^v(\d+)\./.exec(version)?.[1]) >= 20) found.set(version, path)
  }
  return [...found]
}
