import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, errorsOf, failOnErrors, type Problem, ProblemError } from '@slipway/core/problem'
import type { SandboxDescription } from '@slipway/core/sandbox'
import { YamlError } from '@slipway/documents/yaml'
import type { Step } from '@slipway/release/job/step'
import { controlClient } from '@slipway/sandbox/control'
import { descriptionFile } from '@slipway/sandbox/description'
import { cargoUpstream } from '../cargo-overlay.ts'
import { imageRehearsal, type WantedEngine } from '../images.ts'
import { installBack } from '../install-back.ts'
import { publishedIn } from '../published-crates.ts'
import { newReport, type Pass, type Report, rehearsedRepository } from '../report.ts'
import { inScratch } from '../scratch.ts'
import { attachOrStart } from '../services.ts'
import { copySource } from '../source-copy.ts'
import { requireAct } from './act.ts'
import type { Progress } from './act-log.ts'
import { type Attempted, type AttemptOptions, runAttempt } from './attempt.ts'
import { tagPush } from './event.ts'
import { failuresOf } from './failures.ts'
import { findWorkflow } from './find.ts'
import { namedWorkflow } from './named-file.ts'
import { type LocalCommands, localCommands, obstacles } from './permit.ts'
import { pushRefs, releaseRefs } from './project-copy.ts'
import { trustJobs } from './publishers.ts'
import { type ReadWorkflow, readWorkflow } from './reading.ts'
import { outcomeIn } from './released.ts'
import { slipwayFolder } from './slipway.ts'
import { cutOff, madeUp, notOut, notRehearsedParts, notStarted, passOf, sentAgain, warnings } from './verdict.ts'

/** The workflow to rehearse and the folders to use; all paths are absolute. */
export interface WorkflowRehearsal {
  project: string
  /** File of the workflow; empty to find the one that releases the project. */
  workflow: string
  /** Folder of the services' state and the run's files. */
  state: string
  /** Rehearse the working tree instead of the last commit. */
  dirty: boolean
  /** The engine that builds and runs images; without one, the workflow runs without images. */
  engine: WantedEngine
  step: Step
  progress: Progress
  /** Shows, before anything runs, which commands will run on this machine. */
  announce(workflow: string, commands: readonly LocalCommands[]): void
}

/**
 * Runs a project's own release workflow against local services, installs everything back, and runs it again, which must
 * send nothing. Returns the report without `seconds`; failures are among its problems.
 * @throws ProblemError when there is nothing to report on: act or the workflow is missing, or the workflow may not run
 * here
 */
export async function rehearseWorkflow(ports: Ports, options: WorkflowRehearsal): Promise<Report> {
  const { project, state, step, dirty } = options
  const slipway = slipwayFolder()
  if (slipway === null) throw new ProblemError(noActions())
  const named = options.workflow === '' ? null : await namedWorkflow(project, options.workflow)
  const upstream = await cargoUpstream(ports.env, project)
  const isPublished = publishedIn(ports, upstream)
  const how = { root: join(state, 'work'), dirty, isPublished, added: named?.added ?? {} }
  const copy = await step('plan', () => copySource(ports, project, how))
  const { plan, dir } = copy
  const report = newReport(plan, copy.notices)
  report.notRehearsed = report.notRehearsed.filter(({ what }) => !['gate', 'trusted-publishing'].includes(what))
  if (errorsOf(plan.problems).length > 0) return report
  const workflow = await step('read the workflow', () => {
    return named ? readNamed(dir, named.file, slipway) : findWorkflow(dir, slipway)
  })
  failOnErrors(await obstacles(dir, workflow))
  await requireAct(ports)
  report.problems.push(...notStarted(workflow, plan.tag))
  options.announce(workflow.file, localCommands(workflow))
  const found = await step('find a container engine', () => imageRehearsal(ports, plan, options.engine))
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
      const message = `${file} is not committed, so a rehearsal of the last commit cannot run it.`
      throw new ProblemError(error('workflow-missing', message, 'Commit it, or pass --dirty.'))
    },
  )
}

function unreadable(cause: unknown): never {
  if (!(cause instanceof YamlError)) throw cause
  const message = `The workflow is not valid YAML (${cause.message}, line ${cause.line}), so GitHub does not run it.`
  throw new ProblemError(error('workflow-unreadable', message, `Correct line ${cause.line}.`), cause)
}

/** The parts shared by both runs of the workflow. */
interface Prepared extends Pick<AttemptOptions, 'copy' | 'workflow' | 'slipway' | 'images'> {
  report: Report
  description: SandboxDescription
}

async function runTwice(ports: Ports, options: WorkflowRehearsal, prepared: Prepared): Promise<void> {
  const { state, step, project, progress } = options
  const { report, description, ...shared } = prepared
  const { copy, workflow } = shared
  const { plan, dir } = copy
  const repository = rehearsedRepository(project)
  const folder = join(copy.work, 'workflow')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await step('push the tag', () => pushRefs(ports, copy, description, repository, releaseRefs(copy)))
  report.problems.push(...(await trustJobs(ports, copy, { description, repository })))
  const sandbox = { description, file: descriptionFile(state) }
  const run = ports.clock.now()
  const attempt = { ...shared, sandbox, repository, folder, event: tagPush(copy, repository), run, progress }
  const first = await measured(ports, options, report, { ...attempt, number: 1, sees: 'none' })
  report.notRehearsed.push(...notRehearsedParts(first.result.notRehearsed, workflow))
  report.problems.push(...madeUp(first.madeUp, workflow.file), ...warnings(first.result.annotations))
  const at = { plan, dir, ...sandbox, repository, folder: join(folder, 'released') }
  const outcome = await step('report: query every destination', () => outcomeIn(ports, at))
  report.destinations = outcome.destinations
  report.receipts.push(...outcome.receipts)
  failOnErrors(notOut(report.destinations, workflow.file))
  const { installed } = report
  const files = outcome.receipts.map((each) => each.artifact)
  const released = { plan, description, source: dir, repository, files }
  await inScratch(copy.work, (scratch) => installBack(ports, { ...released, folder: scratch, step, installed }))
  await measured(ports, options, report, { ...attempt, number: 2, sees: 'none' })
  failOnErrors(sentAgain(report.passes.at(-1) as Pass, workflow.file))
}

/**
 * Runs an attempt and adds its requests to the report.
 * @throws ProblemError when the attempt fails
 */
async function measured(
  ports: Ports,
  { step }: WorkflowRehearsal,
  report: Report,
  attempt: AttemptOptions,
): Promise<Attempted> {
  const { number, workflow, sandbox } = attempt
  const control = controlClient(sandbox.description.control.url)
  const since = (await control.log()).at(-1)?.n ?? 0
  const start = ports.clock.now()
  try {
    const title = number === 1 ? `run ${workflow.file}` : `run ${workflow.file} again, from the start`
    return await step(title, async () => {
      const done = await runAttempt(ports, attempt)
      if (number === 1) report.problems.push(...cutOff(done.refused))
      failOnErrors(failuresOf(done.result, done.log))
      return done
    })
  } finally {
    const requests = await control.log(since)
    report.passes.push(passOf(requests, (ports.clock.now() - start) / 1000))
  }
}

function noActions(): Problem {
  const message = 'This copy of Slipway has no actions, so it cannot run workflows that use them.'
  return error('no-actions', message, 'Run `node dist/slipway.js` in a clone of Slipway.')
}
