import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Report } from '../../packages/cli/src/rehearse/report.ts'

export const ROOT = resolve(import.meta.dirname, '../..')
export const ENTRY = join(ROOT, 'dist', 'slipway.js')
const CACHE = join(ROOT, 'node_modules', '.cache', 'slipway-tests')

/** How a run of the command ended. */
export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs the built command as a process of its own group; `started` is given the group's id. */
export function slipway(
  args: readonly string[],
  started: (pid: number) => void = () => {},
  cwd = ROOT,
  more: Record<string, string> = {},
): Promise<Ended> {
  return runNode([ENTRY, ...args], started, cwd, more)
}

/** Runs node with these arguments, likewise. */
export function runNode(
  args: readonly string[],
  started: (pid: number) => void = () => {},
  cwd = ROOT,
  more: Record<string, string> = {},
): Promise<Ended> {
  return new Promise((done, fail) => {
    // Jest's own flags are not the command's.
    const env = { ...process.env, ...more, NODE_OPTIONS: '' }
    const child = spawn(process.execPath, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    const out = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      out.stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      out.stderr += chunk
    })
    child.once('error', fail)
    // `exit`, not `close`: a killed parent's children may hold the pipes open.
    child.once('exit', (code) => setTimeout(() => done({ code, ...out }), 50))
    started(child.pid as number)
  })
}

/** A rehearsal and where its state is. */
export interface Rehearsed extends Ended {
  report: Report
  state: string
}

/** Rehearses a project with its state in a new folder, or the one that is given; without images unless `--engine` is given. */
export async function rehearse(
  project: string | null,
  { state, args = [], env = {} }: { state?: string; args?: readonly string[]; env?: Record<string, string> } = {},
): Promise<Rehearsed> {
  const folder = state ?? (await mkdtemp(join(tmpdir(), 'slipway-rehearsal-')))
  const file = join(folder, 'report.json')
  const options = ['--sandbox', folder, '--json', file, ...(args.includes('--engine') ? [] : ['--engine', 'none'])]
  const ended = await slipway(
    ['rehearse', ...(project === null ? [] : [project]), ...options, ...args],
    undefined,
    ROOT,
    env,
  )
  if (!existsSync(file)) throw new Error(`no report:\n${ended.stdout}\n${ended.stderr}`)
  return { ...ended, report: JSON.parse(readFileSync(file, 'utf8')), state: folder }
}

/**
 * The rehearsal of the example that all tests share: done once for each content of dist and example. Gives a copy of
 * its folder, so that a test may go on from there.
 */
export async function rehearsedExample(): Promise<Rehearsed> {
  const hash = createHash('sha256')
  for (const file of globSync(['dist/**/*', 'examples/metatron/**/*'], { cwd: ROOT, withFileTypes: true })) {
    if (file.isFile()) hash.update(file.name).update(readFileSync(join(file.parentPath, file.name)))
  }
  const shared = join(CACHE, `example-${hash.digest('hex').slice(0, 16)}`)
  await mkdir(CACHE, { recursive: true })
  if (!existsSync(join(shared, 'ended.json'))) {
    const ended = await rehearse(null)
    await writeFile(join(ended.state, 'ended.json'), JSON.stringify(ended))
    await rename(ended.state, shared).catch(async () => {
      // Another file system, or another test file was as quick.
      if (!existsSync(shared)) await cp(ended.state, shared, { recursive: true, verbatimSymlinks: true })
    })
  }
  const state = await mkdtemp(join(tmpdir(), 'slipway-example-'))
  await cp(shared, state, { recursive: true, verbatimSymlinks: true })
  return { ...JSON.parse(readFileSync(join(state, 'ended.json'), 'utf8')), state }
}

/** The folder of built artifacts in a rehearsal's state. */
export async function artifactsIn(state: string): Promise<string> {
  const [work] = await readdir(join(state, 'work'))
  return join(state, 'work', work as string, 'artifacts')
}

/** Removes what a test left. */
export const remove = (folder: string) => rm(folder, { recursive: true, force: true })
