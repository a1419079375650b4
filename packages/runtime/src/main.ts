import type { Ports } from '@slipway/core/ports'
import { ProblemError } from '@slipway/core/problem'
import { sandboxOf } from '@slipway/core/sandbox'
import { type Inputs, readInputs, type Spec } from './inputs.ts'
import { nodePorts } from './ports.ts'
import { createReport, type Report } from './report.ts'
import { githubWorkflow, type Workflow } from './workflow.ts'

/** The context of an action. */
export interface Context {
  ports: Ports
  report: Report
  workflow: Workflow
  /** Reads the action's inputs. @throws ProblemError with all missing and invalid ones */
  inputs<const S extends Spec>(spec: S): Inputs<S>
}

/** Joins the messages of an error and its causes in one line. */
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
      hint: 'Run the job again with debug logging for the details. Slipway did not expect this failure.',
    })
  }
  if (ports.env.RUNNER_DEBUG !== '1') return
  for (let at = thrown; at instanceof Error; at = at.cause) workflow.log.debug(at.stack ?? at.message)
}

/** The state that distinguishes the post step of an action, which runs the same file, from the action itself. */
const RAN = 'slipway-ran'

/**
 * Runs an action and handles all failures. Problems become annotations and a failed step; another error becomes one line
 * with its causes, and its stack with debug logging. The summary is always written.
 * @param after the action's post step; it runs in a separate process, also after a failure
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
    // A failed cleanup does not fail a step that did its work: the tokens expire by themselves.
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
    // A failure to write the summary must not hide the step's result.
    workflow.log.info(`The summary could not be written: ${chain(thrown)}`)
  }
}

/** The parts of an action, of which each is loaded when its turn comes. */
export interface ActionParts<S extends Spec> {
  spec: S
  /** Checks what needs no other code. @throws ProblemError */
  first?: (inputs: Inputs<S>, env: Ports['env']) => void | Promise<void>
  /** Loads the work. */
  work: () => Promise<{ run(context: Context, inputs: Inputs<S>): Promise<void> }>
  /** Loads the post step. */
  post?: () => Promise<{ after(context: Context): Promise<void> }>
}

/** Runs an action like `runAction`, but loads its work only once its inputs are valid and its first check has passed. */
export async function startAction<const S extends Spec>({ spec, first, work, post }: ActionParts<S>): Promise<void> {
  await runAction(
    async (context) => {
      const inputs = context.inputs(spec)
      await first?.(inputs, context.ports.env)
      await (await work()).run(context, inputs)
    },
    post && (async (context) => (await post()).after(context)),
  )
}
