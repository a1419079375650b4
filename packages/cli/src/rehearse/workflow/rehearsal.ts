import { mkdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, errorsOf, failOnErrors, type Problem, ProblemError } from '@slipway/core/problem'
import { SANDBOX_VARIABLE, type SandboxDescription } from '@slipway/core/sandbox'
import { YamlError } from '@slipway/project/yaml'
import { CratesClient } from '@slipway/registries/crates/client'
import type { Step } from '@slipway/release/step'
import { type ControlClient, controlClient } from '@slipway/sandbox/control'
import { descriptionFile } from '@slipway/sandbox/description'
import { cargoUpstream } from '../cargo-overlay.ts'
import { imageRehearsal, type WantedEngine } from '../images.ts'
import { installBack } from '../install-back.ts'
import { newReport, type Pass, type Report } from '../report.ts'
import { inScratch } from '../scratch.ts'
import { attachOrStart } from '../services.ts'
import { copySource, type SourceCopy } from '../source-copy.ts'
import { type ActRun, logOf, requireAct, runAct } from './act.ts'
import type { Progress } from './act-log.ts'
import { localRepositories } from './act-repositories.ts'
import { givenTo } from './credentials.ts'
import { failuresOf } from './failures.ts'
import { findWorkflow } from './find.ts'
import { readHosts } from './hosts.ts'
import { isolate } from './isolation.ts'
import { namedWorkflow } from './named-file.ts'
import { type Gate, startGate } from './network.ts'
import { type LocalCommands, localCommands, obstacles } from './permit.ts'
import { cloneForAct, pushRelease, tagPush } from './project-copy.ts'
import { type ReadWorkflow, readWorkflow } from './reading.ts'
import { outcomeIn } from './released.ts'
import { slipwayFolder } from './slipway.ts'
import { cutOff, leftOut, madeUp, notOut, notStarted, passOf, sentAgain, warnings } from './verdict.ts'

/** What is rehearsed, and where. Folders are absolute. */
export interface WorkflowRehearsal {
  project: string
  /** File of the workflow; empty for the one that releases the project. */
  workflow: string
  /** Where services keep their state, and the run its files. */
  state: string
  /** Take the working tree, not the last commit. */
  dirty: boolean
  /** What builds and runs images; where there is none, the workflow runs without them. */
  engine: WantedEngine
  step: Step
  progress: Progress
  /** Tells, before anything runs, what will run on this machine. */
  announce(workflow: string, commands: readonly LocalCommands[]): void
}

/**
 * Runs a project's own release workflow against local services, installs everything back, and runs it again, which must
 * send nothing. Returns the report, its `seconds` still to be filled in; what failed is among its problems.
 * @throws ProblemError when there is nothing to report on: no act, no workflow, one that may not run here
 */
export async function rehearseWorkflow(ports: Ports, options: WorkflowRehearsal): Promise<Report> {
  const { project, state, step, dirty } = options
  const slipway = slipwayFolder()
  if (slipway === null) throw new ProblemError(alone())
  const named = options.workflow === '' ? null : await namedWorkflow(project, options.workflow)
  const upstream = await cargoUpstream(ports.env)
  const client = new CratesClient(ports, { index: upstream, token: null })
  const isPublished = (crate: string) => client.exists(crate).catch(() => false)
  const how = { root: join(state, 'work'), dirty, isPublished, added: named?.added ?? {} }
  const copy = await step('plan', () => copySource(ports, project, how))
  const { plan, dir } = copy
  const report = newReport(plan, copy.notices)
  report.notRehearsed = report.notRehearsed.filter(({ what }) => what !== 'gate')
  if (errorsOf(plan.problems).length > 0) return report
  const workflow = await step('read the workflow', () => {
    return named ? readNamed(dir, named.file, slipway) : findWorkflow(dir, slipway)
  })
  failOnErrors(await obstacles(dir, workflow))
  await requireAct(ports)
  report.problems.push(...notStarted(workflow, plan.tag))
  options.announce(workflow.file, localCommands(workflow))
  const found = await step('look for a container engine', () => imageRehearsal(ports, plan, options.engine))
  const images = 'reason' in found ? found.reason : null
  if (images !== null) report.notRehearsed.unshift({ what: 'images', reason: images })
  const services = await step('start local services', () => attachOrStart(state, upstream))
  try {
    await runTwice(ports, options, { copy, workflow, slipway, images, report, description: services.description })
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause
    report.problems.push(...cause.problems)
  } finally {
    await services.close()
  }
  return report
}

function readNamed(dir: string, file: string, slipway: string): Promise<ReadWorkflow> {
  return stat(join(dir, file)).then(
    () => readWorkflow(dir, file, slipway).catch(unreadable),
    () => {
      const message = `${file} is not committed, so the workflow that would run is another one.`
      throw new ProblemError(error('workflow-missing', message, 'Commit it, or pass --dirty.'))
    },
  )
}

function unreadable(cause: unknown): never {
  if (!(cause instanceof YamlError)) throw cause
  const message = `The workflow is not valid YAML (${cause.message}, line ${cause.line}), so GitHub does not run it.`
  throw new ProblemError(error('workflow-unreadable', message, `Correct line ${cause.line}.`), cause)
}

/** What a workflow run needs that both runs have. */
interface Prepared {
  copy: SourceCopy
  workflow: ReadWorkflow
  slipway: string
  /** Why images are left out; null where they are not. */
  images: string | null
  report: Report
  description: SandboxDescription
}

async function runTwice(ports: Ports, options: WorkflowRehearsal, prepared: Prepared): Promise<void> {
  const { state, step, project } = options
  const { copy, workflow, report, description } = prepared
  const { plan, dir } = copy
  const repository = `rehearsal/${basename(project).replace(/[^\w.-]/g, '-')}`
  const folder = join(copy.work, 'workflow')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await step('push the tag', () => pushRelease(ports, copy, description, repository))
  const control = controlClient(description.control.url)
  const run = ports.clock.now()
  const attempt = (number: number) => runOnce(ports, options, { ...prepared, control, repository, folder, run, number })
  await attempt(1)
  const file = descriptionFile(state)
  const at = { plan, dir, description, file, repository, folder: join(folder, 'released') }
  const outcome = await step('ask every destination what it holds', () => outcomeIn(ports, at))
  report.destinations = outcome.destinations
  report.receipts.push(...outcome.receipts)
  failOnErrors(notOut(report.destinations, workflow.file))
  const { installed } = report
  await inScratch(copy.work, (scratch) => {
    return installBack(ports, { plan, description, repository, folder: scratch, step, installed }, dir)
  })
  await attempt(2)
  failOnErrors(sentAgain(report.passes.at(-1) as Pass, workflow.file))
}

/** One run of the workflow: an attempt that finds no artifacts of an earlier one. */
interface Attempt extends Prepared {
  control: ControlClient
  repository: string
  folder: string
  run: number
  number: number
}

async function runOnce(ports: Ports, options: WorkflowRehearsal, attempt: Attempt): Promise<void> {
  const gate = await startGate(await readHosts(ports), ports.env.HTTPS_PROXY ?? ports.env.https_proxy ?? '')
  try {
    await runBehind(gate, ports, options, attempt)
  } finally {
    if (attempt.number === 1) attempt.report.problems.push(...cutOff(gate.refused()))
    await gate.close()
  }
}

async function runBehind(gate: Gate, ports: Ports, options: WorkflowRehearsal, attempt: Attempt): Promise<void> {
  const { copy, workflow, description, control, repository, number, report } = attempt
  const folder = join(attempt.folder, `attempt-${number}`)
  const project = join(folder, 'project')
  await mkdir(folder, { recursive: true })
  await cloneForAct(ports, copy, project, repository)
  const repositories = await localRepositories(workflow.uses, join(folder, 'actions'), attempt)
  const given = givenTo(workflow.texts, description)
  const fixed = {
    [SANDBOX_VARIABLE]: descriptionFile(options.state),
    GITHUB_API_URL: description.github.api,
  }
  const env = await isolate(ports, join(attempt.folder, 'isolated'), gate.url, fixed)
  const jobEnv = { ...fixed, ...(await jobVariables(attempt)) }
  const acting: ActRun = {
    project,
    workflow: workflow.file,
    folder,
    event: tagPush(copy, repository),
    labels: [...new Set([...workflow.labels, ...copy.plan.matrix.map((each) => each.runner)])],
    repositories,
    secrets: given.secrets,
    variables: given.variables,
    jobEnv,
    env,
    progress: options.progress,
  }
  const since = (await control.log()).at(-1)?.n ?? 0
  const start = ports.clock.now()
  try {
    const title = number === 1 ? `run ${workflow.file}` : `run ${workflow.file} again, from the start`
    const result = await options.step(title, async () => {
      const ran = await runAct(ports, acting)
      failOnErrors(failuresOf(ran, logOf(acting)))
      return ran
    })
    if (number > 1) return
    report.notRehearsed.push(...leftOut(result.notRehearsed, workflow))
    report.problems.push(...madeUp(given.madeUp, workflow.file))
    report.problems.push(...warnings(result.annotations))
  } finally {
    const requests = await control.log(since)
    report.passes.push(passOf(requests, (ports.clock.now() - start) / 1000))
  }
}

/** What a job of GitHub's finds in its environment, as the sandbox has it. */
async function jobVariables({ control, description, repository, run, number, copy, workflow }: Attempt) {
  const { actions, oidc } = description
  const token = await control.runtimeToken({ run, attempt: number, sees: 'none' })
  const ref = `refs/tags/${copy.plan.tag}`
  const asks = workflow.texts.some((each) => /\bid-token:\s*["']?write\b|\bwrite-all\b/.test(each))
  const identity = asks && {
    ACTIONS_ID_TOKEN_REQUEST_URL: oidc.request,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: await control.idRequestToken({ repository, ref, event_name: 'push' }),
  }
  return {
    GITHUB_RUN_ID: String(run),
    GITHUB_RUN_ATTEMPT: String(number),
    ACTIONS_RESULTS_URL: actions.results,
    ACTIONS_RUNTIME_URL: actions.results,
    ACTIONS_RUNTIME_TOKEN: token,
    ...identity,
  }
}

function alone(): Problem {
  const message = 'This copy of Slipway has no actions beside it, so no workflow that uses them can run.'
  return error('no-actions', message, 'Run `node dist/slipway.js` in a clone of Slipway.')
}
