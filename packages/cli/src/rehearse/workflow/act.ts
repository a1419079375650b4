import { createWriteStream } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { type ActResult, actLog, type Progress } from './act-log.ts'
import type { LocalRepositories } from './act-repositories.ts'
import type { WorkflowEvent } from './event.ts'

/** The version of act that the tests use. */
const ACT = 'v0.2.89'

/** A run of a workflow with act. */
export interface ActRun {
  /** Clone of the project, with its workflows rewritten for act. */
  project: string
  /** Path of the workflow in the project. */
  workflow: string
  /** Folder for the run's input and log. */
  folder: string
  event: WorkflowEvent
  labels: readonly string[]
  repositories: LocalRepositories
  secrets: Readonly<Record<string, string>>
  variables: Readonly<Record<string, string>>
  /** Environment variables of every job. */
  jobEnv: Readonly<Record<string, string>>
  /** The complete environment of act. */
  env: Readonly<Record<string, string>>
  progress: Progress
}

/**
 * Checks that act is installed.
 * @throws ProblemError `act-missing`
 */
export async function requireAct(ports: Ports): Promise<void> {
  const found = await ports.exec({ argv: ['act', '--version'], cwd: '/' }).catch(() => null)
  if (found?.code === 0) return
  const message = 'act is not on PATH or does not start, so no workflow can run on this machine.'
  const hint = `Install it: go install github.com/nektos/act@${ACT} (or: https://nektosact.com/installation).`
  throw new ProblemError(error('act-missing', message, hint))
}

/** Returns the file of a run's complete log. */
export function logOf({ folder }: Pick<ActRun, 'folder'>): string {
  return join(folder, 'log.txt')
}

/** Runs a workflow to its end, with every job directly on this machine. */
export async function runAct(ports: Ports, run: ActRun): Promise<ActResult & { code: number }> {
  const { project, workflow, folder, labels, repositories } = run
  await mkdir(folder, { recursive: true })
  const file = async (name: string, content: string) => {
    await writeFile(join(folder, name), content, { mode: 0o600 })
    return join(folder, name)
  }
  const variables = (all: Readonly<Record<string, string>>) =>
    Object.entries(all)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('')
  const argv: [string, ...string[]] = [
    'act',
    run.event.name,
    '--json',
    // A job without a checkout has an empty folder, as on GitHub.
    '--no-skip-checkout',
    ...['--directory', project, '--workflows', join(project, workflow)],
    ...['--eventpath', await file('event.json', JSON.stringify(run.event.payload))],
    ...['--env-file', await file('env', variables(run.jobEnv))],
    ...['--secret-file', await file('secrets', variables(run.secrets))],
    ...['--var-file', await file('vars', variables(run.variables))],
    ...['--input-file', await file('inputs', '')],
    ...['--action-cache-path', join(folder, 'cache')],
    ...['--actor', 'rehearsal', '--no-cache-server'],
    ...['--cache-server-addr', '127.0.0.1', '--artifact-server-addr', '127.0.0.1'],
    ...labels.flatMap((each) => ['--platform', `${each}=-self-hosted`]),
    ...[...repositories].flatMap(([name, local]) => ['--local-repository', `${name}=${local}`]),
  ]
  const log = createWriteStream(logOf(run), { mode: 0o600 })
  const reader = actLog(run.progress, (line) => void log.write(`${line}\n`))
  const unset = Object.keys(ports.env).map((name): [string, undefined] => [name, undefined])
  try {
    const env = { ...Object.fromEntries(unset), ...run.env }
    const { code } = await ports.exec({ argv, cwd: folder, env, onLine: reader.line })
    return { ...reader.result, code }
  } finally {
    await new Promise((done) => log.end(done))
    // The workspaces and action copies of a large project take much space.
    await rm(join(folder, 'cache'), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}
