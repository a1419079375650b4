import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { SANDBOX_VARIABLE, type SandboxDescription } from '@slipway/core/sandbox'
import type { Sees } from '@slipway/sandbox/actions/state'
import { controlClient } from '@slipway/sandbox/control'
import type { SourceCopy } from '../source-copy.ts'
import { type ActRun, logOf, runAct } from './act.ts'
import type { ActResult, Progress } from './act-log.ts'
import { type LocalRepositories, localRepositories, type SlipwayCopy } from './act-repositories.ts'
import { readHosts } from './allowed-hosts.ts'
import { credentialsFor } from './credentials.ts'
import type { WorkflowEvent } from './event.ts'
import { identify } from './identities.ts'
import { isolate } from './isolation.ts'
import { type Gate, startGate } from './network.ts'
import { cloneForAct } from './project-copy.ts'
import type { ReadWorkflow } from './reading.ts'

/** Options of one attempt of a workflow run. */
export interface AttemptOptions extends SlipwayCopy {
  copy: SourceCopy
  workflow: ReadWorkflow
  /** The services that the attempt writes to, and the description file that points actions at them. */
  sandbox: { description: SandboxDescription; file: string }
  /** `owner/name` of the project. */
  repository: string
  /** Folder of all attempts. */
  folder: string
  event: WorkflowEvent
  /** Number of the run. */
  run: number
  /** Number of the attempt, from 1. */
  number: number
  /** Which artifacts of earlier attempts it can download. */
  sees: Sees
  progress: Progress
  /** Changes act's input before the run: a clone of the project, and the copies of Slipway and other actions. */
  adapt?(project: string, repositories: LocalRepositories): Promise<void>
}

/** The result of an attempt. */
export interface Attempted {
  result: ActResult & { code: number }
  /** File of the complete log. */
  log: string
  /** Hosts that steps tried to reach and the gate refused. */
  refused: string[]
  /** Names of secrets for which the sandbox has no login. */
  madeUp: string[]
}

/** Runs a workflow once to its end, every job on this machine, isolated from the user's configuration. It may fail. */
export async function runAttempt(ports: Ports, attempt: AttemptOptions): Promise<Attempted> {
  const gate = await startGate(
    await readHosts(ports, attempt.copy.project),
    ports.env.HTTPS_PROXY ?? ports.env.https_proxy ?? '',
  )
  try {
    return await runBehind(gate, ports, attempt)
  } finally {
    await gate.close()
  }
}

async function runBehind(gate: Gate, ports: Ports, attempt: AttemptOptions): Promise<Attempted> {
  const { copy, workflow, sandbox, repository, number, event, progress } = attempt
  const folder = join(attempt.folder, `attempt-${number}`)
  const project = join(folder, 'project')
  await mkdir(folder, { recursive: true })
  await cloneForAct(ports, copy, project, repository)
  const repositories = await localRepositories(workflow.uses, join(folder, 'actions'), attempt)
  await attempt.adapt?.(project, repositories)
  await identifyAll(attempt, project, repositories)
  const credentials = credentialsFor(workflow.texts, sandbox.description)
  const fixed = { [SANDBOX_VARIABLE]: sandbox.file, GITHUB_API_URL: sandbox.description.github.api }
  const acting: ActRun = {
    project,
    workflow: workflow.file,
    folder,
    event,
    labels: [...new Set([...workflow.labels, ...copy.plan.matrix.map((each) => each.runner)])],
    repositories,
    secrets: credentials.secrets,
    variables: credentials.variables,
    jobEnv: { ...fixed, ...(await jobVariables(attempt)) },
    env: await isolate(ports, join(attempt.folder, 'isolated'), { project: copy.project, proxy: gate.url, fixed }),
    progress,
  }
  const result = await runAct(ports, acting)
  return { result, log: logOf(acting), refused: gate.refused(), madeUp: credentials.madeUp }
}

/**
 * Gives ID-token requests to the jobs with that permission, in the project and in the Slipway workflows that it calls.
 */
async function identifyAll(
  { copy, workflow, sandbox, repository, event }: AttemptOptions,
  project: string,
  repositories: LocalRepositories,
): Promise<void> {
  const { description } = sandbox
  const identity = { description, repository, workflow: workflow.file, commit: copy.plan.commit, event }
  await identify(project, identity, { repository, ref: event.ref })
  for (const [name, folder] of repositories) {
    const [named = '', ref = ''] = name.split('@')
    if (named.endsWith('/slipway')) await identify(folder, identity, { repository: named, ref: `refs/tags/${ref}` })
  }
}

/** Returns the variables that GitHub sets for a job, with the sandbox's values. */
async function jobVariables({ sandbox, run, number, sees, repository, workflow, event }: AttemptOptions) {
  const { actions, control: controlService } = sandbox.description
  const control = controlClient(controlService.url)
  const token = await control.runtimeToken({ run, attempt: number, sees })
  return {
    GITHUB_RUN_ID: String(run),
    GITHUB_RUN_ATTEMPT: String(number),
    GITHUB_WORKFLOW_REF: `${repository}/${workflow.file}@${event.ref}`,
    ACTIONS_RESULTS_URL: actions.results,
    ACTIONS_RUNTIME_URL: actions.results,
    ACTIONS_RUNTIME_TOKEN: token,
  }
}
