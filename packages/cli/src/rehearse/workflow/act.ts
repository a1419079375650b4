import { createWriteStream } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { type ActResult, actLog, type Progress } from './act-log.ts'
import type { LocalRepositories } from './act-repositories.ts'
import type { WorkflowEvent } from './event.ts'

/** The version that workflows are tried with. */
const ACT = 'v0.2.89'

/** A run of a workflow by act. */
export interface ActRun {
  /** Clone of the project, its workflows as act takes them. */
  project: string
  /** The workflow, relative to it. */
  workflow: string
  /** Folder for what the run is given and leaves. */
  folder: string
  event: WorkflowEvent
  labels: readonly string[]
  repositories: LocalRepositories
  secrets: Readonly<Record<string, string>>
  variables: Readonly<Record<string, string>>
  /** What every job finds in its environment. */
  jobEnv: Readonly<Record<string, string>>
  /** The whole environment of act. */
  env: Readonly<Record<string, string>>
  progress: Progress
}

/**
 * Makes sure that act is there.
 * @throws ProblemError `act-missing`
 */
export async function requireAct(ports: Ports): Promise<void> {
  const found = await ports.exec({ argv: ['act', '--version'], cwd: '/' }).catch(() => null)
  if (found?.code === 0) return
  const message = 'act, which runs workflows on this machine, is not on PATH.'
  const hint = `Install it: go install github.com/nektos/act@${ACT} (or: https://nektosact.com/installation).`
  throw new ProblemError(error('act-missing', message, hint))
}

/** The file of a run's whole log. */
export function logOf({ folder }: Pick<ActRun, 'folder'>): string {
  return join(folder, 'log.txt')
}

/** Runs a workflow to its end, every job on this machine itself. Returns what it came to. */
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
  const left = Object.keys(ports.env).map((name): [string, undefined] => [name, undefined])
  try {
    const env = { ...Object.fromEntries(left), ...run.env }
    const { code } = await ports.exec({ argv, cwd: folder, env, onLine: reader.line })
    return { ...reader.result, code }
  } finally {
    await new Promise((done) => log.end(done))
    // Workspaces and copies of actions; of a large project, this is a lot.
    await rm(join(folder, 'cache'), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}
