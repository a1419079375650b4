import { spawn } from 'node:child_process'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parse } from 'yaml'
import { ROOT } from '../rehearsal/example.ts'
import { temporaryFolder } from '../sandbox/harness.ts'

/** A workflow command as the runner would obey it. */
export interface WorkflowCommand {
  name: string
  properties: Record<string, string>
  message: string
}

/** How a step ended, and what it reported to the runner. */
export interface Step {
  code: number | null
  stdout: string
  stderr: string
  outputs: Record<string, string>
  summary: string
  commands: WorkflowCommand[]
  /** What it keeps for its post step. */
  state: Record<string, string>
  /** The variables that it set for later steps. */
  exported: Record<string, string>
  /** The commands that show an annotation. */
  annotations: WorkflowCommand[]
  /** Everything that people or later steps may see: a masked secret must not be in it. */
  seen: string
}

/** The runner's side of a step, except its inputs. */
export interface Surroundings {
  /** The workspace. */
  cwd: string
  env?: Record<string, string | undefined>
  /** What `github.token` is in the defaults of action.yml. */
  token?: string
  /** A program, and its arguments, that runs Node. */
  through?: readonly string[]
  /** What the action kept: its post step is run. */
  state?: Record<string, string>
  /** The variables that it may set for later steps. */
  mayExport?: readonly string[]
}

/** What action.yml says of an action. */
interface Metadata {
  inputs: Record<string, { default?: string }>
  outputs?: Record<string, unknown>
  runs: { main: string; post?: string }
}

/** An action's metadata, and its built entry by what that names. */
export async function readAction(name: string): Promise<Metadata & { main: string }> {
  const file = name === 'plan' ? join(ROOT, 'action.yml') : join(ROOT, 'actions', name, 'action.yml')
  const metadata = parse(await readFile(file, 'utf8')) as Metadata
  // One file does both; the state that it saved tells them apart.
  if (metadata.runs.post !== undefined && metadata.runs.post !== metadata.runs.main) throw new Error(metadata.runs.post)
  return { ...metadata, main: resolve(dirname(file), metadata.runs.main) }
}

/** Runs a built action as the runner does: inputs and their defaults as variables, files for what it tells. */
export async function runAction(name: string, inputs: Record<string, string>, around: Surroundings): Promise<Step> {
  const { inputs: declared, outputs: promised = {}, main, runs } = await readAction(name)
  for (const each of Object.keys(inputs)) if (!(each in declared)) throw new Error(`${name} has no input ${each}`)
  // A test asks no public registry.
  const wanted: Record<string, string> = name === 'plan' ? { offline: 'true', ...inputs } : inputs
  const given = Object.entries(declared).map(([input, { default: fallback = '' }]) => [
    `INPUT_${input.replaceAll(' ', '_').toUpperCase()}`,
    wanted[input] ?? String(fallback).replace(/^\$\{\{ github\.token \}\}$/, around.token ?? ''),
  ])
  const temp = await mkdtemp(join(temporaryFolder(), 'runner-'))
  const files = { GITHUB_OUTPUT: '', GITHUB_STEP_SUMMARY: '', GITHUB_STATE: '', GITHUB_ENV: '', GITHUB_PATH: '' }
  for (const file of Object.keys(files)) await writeFile(join(temp, file), '')
  await mkdir(join(temp, 'temp'))
  const since = Date.now() - 1000
  const ended = await runNode([...(around.through ?? []), process.execPath, main], around.cwd, {
    ...cleanEnvironment(),
    ...Object.fromEntries(Object.keys(files).map((file) => [file, join(temp, file)])),
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: around.cwd,
    GITHUB_REPOSITORY: 'owner/project',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REF_NAME: 'main',
    RUNNER_TEMP: join(temp, 'temp'),
    ...Object.fromEntries(given),
    ...Object.fromEntries(Object.entries(around.state ?? {}).map(([key, value]) => [`STATE_${key}`, value])),
    ...around.env,
  })
  const state = parseOutputs(await readFile(join(temp, 'GITHUB_STATE'), 'utf8'))
  if (runs.post === undefined && Object.keys(state).length > 0) throw new Error(`${name} keeps what no post step reads`)
  const exported = parseOutputs(await readFile(join(temp, 'GITHUB_ENV'), 'utf8'))
  const surprising = Object.keys(exported).filter((each) => !around.mayExport?.includes(each))
  if (surprising.length > 0) throw new Error(`${name} exported ${surprising.join(', ')}`)
  if ((await readFile(join(temp, 'GITHUB_PATH'), 'utf8')) !== '') throw new Error(`${name} wrote to GITHUB_PATH`)
  const outputs = parseOutputs(await readFile(join(temp, 'GITHUB_OUTPUT'), 'utf8'))
  for (const each of Object.keys(outputs))
    if (!(each in promised)) throw new Error(`${name} promises no output ${each}`)
  const summary = await readFile(join(temp, 'GITHUB_STEP_SUMMARY'), 'utf8')
  const commands = ended.stdout.split(/\r\n|\r|\n/).flatMap(parseCommand)
  const annotations = commands.filter((each) => ['error', 'warning', 'notice'].includes(each.name))
  const shown = ended.stdout.replace(/^::add-mask::.*$/gm, '')
  const seen = [shown, ended.stderr, summary, ...Object.values(outputs)].join('\n')
  requireSecrecy(commands, seen, { folders: [around.cwd, join(temp, 'temp')], since })
  return { ...ended, outputs, summary, commands, state, exported, annotations, seen }
}

/** Shorter secrets, which tests make up, may be words. */
const SHORTEST_SECRET = 16

/** Requires that no secret that a step masked is in what people see, or in a file that the step wrote. */
function requireSecrecy(
  commands: readonly WorkflowCommand[],
  seen: string,
  written: { folders: readonly string[]; since: number },
): void {
  const masked = commands.filter((each) => each.name === 'add-mask').map((each) => each.message)
  const secrets = masked.filter((each) => each.length >= SHORTEST_SECRET)
  if (secrets.some((each) => seen.includes(each))) throw new Error('a masked secret is shown')
  for (const folder of secrets.length > 0 ? written.folders : []) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name)
      const file = lstatSync(path, { throwIfNoEntry: false })
      if (!file?.isFile() || file.mtimeMs < written.since) continue
      const text = readFileSync(path, 'latin1')
      if (secrets.some((each) => text.includes(each))) throw new Error(`a masked secret is in ${path}`)
    }
  }
}

/** This process's environment without what a runner, or cargo's tokens, would have put there. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign =
    /^(INPUT_|STATE_|ACTIONS_|GITHUB_|RUNNER_(?!TOOL_CACHE)|CARGO_REGISTR|SLIPWAY_|SOURCE_DATE_EPOCH$|NODE_OPTIONS$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

function runNode(
  [program = '', ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Pick<Step, 'code' | 'stdout' | 'stderr'>> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const said = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      said.stdout += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      said.stderr += chunk
    })
    child.once('error', fail)
    child.once('close', (code) => done({ code, ...said }))
  })
}

/** Reads a line as the runner's ActionCommand does: the old form only where it is not of the new one. */
function parseCommand(line: string): WorkflowCommand[] {
  const [, name, all = '', message = ''] = /^[\s\p{C}]*::([\w-]+)(?: (.*?))?::(.*)$/u.exec(line) ?? []
  if (name !== undefined) {
    const pairs = all.split(',').filter(Boolean)
    const properties = pairs.map((each) => each.split('=') as [string, string])
    return [
      {
        name,
        properties: Object.fromEntries(properties.map(([key, value]) => [key, decoded(value)])),
        message: decoded(message),
      },
    ]
  }
  const [, old, rest = ''] = /##\[([^\]]+)\](.*)/.exec(line) ?? []
  return old === undefined ? [] : [{ name: old, properties: {}, message: rest }]
}

function decoded(text: string): string {
  const meant: Record<string, string> = { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',', '%25': '%' }
  return text.replace(/%(0D|0A|3A|2C|25)/g, (each) => meant[each] as string)
}

/** Parses a file of outputs. On Windows, `@actions/core` ends its lines with CR LF. */
function parseOutputs(text: string): Record<string, string> {
  const found = text.replaceAll('\r\n', '\n').matchAll(/^([^\n<]+)<<(\S+)\n([\s\S]*?)\n\2$/gm)
  return Object.fromEntries([...found].map(([, name, , value]) => [name, value]))
}

/** The text that a summary shows where it holds character references. */
export function unescaped(summary: string): string {
  return summary.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
}
