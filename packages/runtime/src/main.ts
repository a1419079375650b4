import type { Ports } from '@slipway/core/ports'
import { ProblemError } from '@slipway/core/problem'
import { sandboxOf } from '@slipway/core/sandbox'
import { type Inputs, readInputs, type Spec } from './inputs.ts'
import { nodePorts } from './ports.ts'
import { createReport, type Report } from './report.ts'
import { githubWorkflow, type Workflow } from './workflow.ts'

/** What an action is given. */
export interface Context {
  ports: Ports
  report: Report
  workflow: Workflow
  /** Reads the action's inputs. @throws ProblemError with all that are missing or bad */
  inputs<const S extends Spec>(spec: S): Inputs<S>
}

/** The messages of an error and of its causes, in one line. */
export function chain(thrown: unknown): string {
  const messages: string[] = []
  for (let at = thrown; at !== undefined; at = at instanceof Error ? at.cause : undefined) {
    messages.push(at instanceof Error ? at.message || at.name : String(at))
  }
  return messages.join(': ').replace(/\s*[\r\n]+\s*/g, ' ')
}

function fail(thrown: unknown, { report, workflow, ports }: Context): void {
  process.exitCode = 1
  if (thrown instanceof ProblemError) for (const each of thrown.problems) report.problem(each)
  else {
    report.problem({
      code: 'failed',
      severity: 'error',
      message: chain(thrown),
      hint: 'Slipway did not expect this. Run the job again with debug logging for the details.',
    })
  }
  if (ports.env.RUNNER_DEBUG !== '1') return
  for (let at = thrown; at instanceof Error; at = at.cause) workflow.log.debug(at.stack ?? at.message)
}

/** Tells the post step of an action, which the runner starts with the same file, from the action itself. */
const RAN = 'slipway-ran'

/**
 * Runs an action: the one place where failures end. Problems become annotations and a failed step; any other error
 * becomes one line with its causes, and its stack when debug logging is on. The summary is written either way.
 * @param after what the action's post step does: it runs in a process of its own, also after a failure
 */
export async function runAction(
  action: (context: Context) => Promise<void>,
  after?: (context: Context) => Promise<void>,
): Promise<void> {
  const workflow = githubWorkflow()
  const report = createReport(workflow)
  const ports = nodePorts({ ...process.env }, { ...workflow.log, problem: (each) => report.problem(each) })
  const context: Context = {
    ports,
    workflow,
    report,
    inputs: (spec) => readInputs(spec, ports.env, workflow.mask),
  }
  if (after && process.env[`STATE_${RAN}`]) {
    // What it cleans up expires by itself: a step that did its work does not fail for it.
    await after(context).catch((thrown) => workflow.log.info(chain(thrown)))
    return
  }
  if (after) workflow.saveState(RAN, 'true')
  try {
    const sandbox = sandboxOf(ports.env)
    if (sandbox) {
      ports.log.info(`Rehearsal: every destination is the sandbox of process ${sandbox.pid} on this machine.`)
      report.section('Rehearsal', 'Every destination is a sandbox on the machine of this run; nothing is published.')
    }
    await action(context)
  } catch (thrown) {
    fail(thrown, context)
  }
  try {
    await context.report.finish()
  } catch (thrown) {
    // An unwritable summary must not hide how the step ended.
    workflow.log.info(`The summary could not be written: ${chain(thrown)}`)
  }
}
