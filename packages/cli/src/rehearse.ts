import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measureBusy } from '@slipway/core/effects/busy'
import { stateWords } from '@slipway/core/overview'
import { error, errorsOf, type Problem, ProblemError } from '@slipway/core/problem'
import { namesOf } from '@slipway/core/problem-groups'
import type { Receipt } from '@slipway/core/receipt'
import { CARGO_PROGRESS } from './bar.ts'
import { jsonFile } from './json-file.ts'
import { processPorts } from './ports.ts'
import { showProblems } from './problems.ts'
import { showProgress } from './progress.ts'
import { WANTED_ENGINES, type WantedEngine } from './rehearse/images.ts'
import { lockFolder } from './rehearse/lock.ts'
import { rehearse } from './rehearse/rehearsal.ts'
import type { Report } from './rehearse/report.ts'
import { leaveRunning } from './rehearse/services.ts'
import { rehearseWorkflow } from './rehearse/workflow/rehearsal.ts'
import { showWorkflow } from './rehearse/workflow/show.ts'
import { showSandbox } from './services-table.ts'
import { columns, paint, plain, type Terminal, terminalOf } from './terminal.ts'
import { COMMANDS } from './usage.ts'
import { UsageError } from './usage-error.ts'

interface Options {
  json?: string
  sandbox?: string
  keep?: boolean
  dirty?: boolean
  engine?: string
  require?: string[]
  workflow?: string
}

/** Runs `slipway rehearse`. */
export async function run([dir]: string[], options: Options): Promise<number> {
  const terminal = terminalOf(process.stdout, process.env)
  const progress = showProgress(terminal, Date.now)
  const reported = new Map<string, Problem>()
  const problem = (each: Problem) => void reported.set(JSON.stringify(each), each)
  const log = { info: progress.detail, debug: progress.detail, problem }
  const real = processPorts(log, terminal.live ? CARGO_PROGRESS : {})
  const measured = measureBusy(real.exec, real.clock)
  // The output of tools counts as progress.
  const exec: typeof real.exec = (command) => measured.exec({ onLine: progress.detail, ...command })
  const engine = engineNamed(options.engine)
  const project = dir === undefined ? example() : resolve(dir)
  const writeJson = await jsonFile(options.json)
  const started = Date.now()
  const state = options.sandbox === undefined ? await mkdtemp(join(tmpdir(), 'slipway-')) : resolve(options.sandbox)
  await mkdir(state, { recursive: true })
  const unlock = await lockFolder(state)
  let report: Report
  // The folder holds the log of a failed workflow.
  let keepsFolder = options.sandbox !== undefined || options.keep === true
  try {
    const how = { project, state, dirty: options.dirty === true, engine, step: progress.step }
    const ports = { ...real, exec }
    report =
      options.workflow === undefined
        ? await rehearse(ports, how)
        : await rehearseWorkflow(ports, { ...how, workflow: options.workflow, ...showWorkflow(terminal, progress) })
    report.problems.push(...reported.values(), ...missing(options.require ?? [], report))
    keepsFolder ||= report.problems.some((each) => each.code === 'workflow-failed')
  } finally {
    await unlock()
    if (!keepsFolder) await rm(state, { recursive: true, force: true })
  }
  const total = (Date.now() - started) / 1000
  const tools = measured.busySeconds()
  report.seconds = { total, tools, slipway: total - tools }
  await writeJson(report)
  show(terminal, report)
  if (options.keep) {
    const description = await leaveRunning(state)
    terminal.write(
      `\nThe services keep running (stop them with: kill ${description.pid}). Their state is in ${state}\n`,
    )
    showSandbox(description)
  }
  return errorsOf(report.problems).length > 0 ? 1 : 0
}

function engineNamed(name = 'auto'): WantedEngine {
  const found = WANTED_ENGINES.find((each) => each === name)
  if (found) return found
  throw new UsageError(`--engine takes ${WANTED_ENGINES.join(', ')}.`, COMMANDS.rehearse.usage)
}

/** Returns the folder of the example shipped with Slipway, found in the folders above this program. */
function example(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (folder !== dirname(folder)) {
    const found = join(folder, 'examples', 'metatron')
    if (existsSync(found)) return found
    folder = dirname(folder)
  }
  throw new ProblemError(
    error('no-example', 'This copy of Slipway has no example project.', 'Name a project: slipway rehearse DIR'),
  )
}

function missing(required: readonly string[], { notRehearsed }: Report) {
  return required.flatMap((name) => {
    const left = notRehearsed.find((each) => each.what === name)
    return left
      ? [
          error(
            'not-rehearsed',
            `${name} is required but was not rehearsed: ${left.reason}.`,
            `Provide what it needs, or drop \`--require ${name}\`.`,
          ),
        ]
      : []
  })
}

function show(
  terminal: Terminal,
  { version, plan, problems, receipts, destinations, passes, installed, notRehearsed, seconds }: Report,
): void {
  const where = (receipt: Receipt) => receipt.reason ?? receipt.digest?.slice(0, 19) ?? receipt.url ?? ''
  if (receipts.length > 0) {
    const rows = receipts.map((each) => [each.artifact, each.target, each.status, where(each)])
    terminal.write(`\n${columns(terminal, [['part', 'destination', 'status', 'digest'], ...rows])}`)
  }
  if (destinations.length > 0) {
    const rows = destinations.map((each) => [each.destination, stateWords(each.standing), each.detail])
    terminal.write(`\n${columns(terminal, [['destination', 'state', ''], ...rows])}`)
  }
  if (installed.length > 0) {
    const rows = installed.map((each) => [each.what, each.where, each.version])
    terminal.write(`\n${columns(terminal, [['installed', 'with', 'version'], ...rows])}`)
  }
  if (passes.length > 0) {
    const rows = passes.map((each, index) => [
      `${index + 1}`,
      `${each.bytesSent}`,
      `${each.requests}`,
      each.seconds.toFixed(1),
    ])
    terminal.write(`\n${columns(terminal, [['pass', 'artifact bytes sent', 'requests', 'seconds'], ...rows])}`)
  }
  if (notRehearsed.length > 0) {
    const rows = notRehearsed.map((each) => [each.what, each.reason])
    terminal.write(`\n${columns(terminal, [['not rehearsed', 'reason'], ...rows])}`)
  }
  terminal.write('\n')
  showProblems(terminal, problems, namesOf(plan))
  const failed = errorsOf(problems).length > 0
  const verdict = failed ? paint(terminal, 'red', 'failed') : paint(terminal, 'green', 'succeeded')
  const time = `${seconds.total.toFixed(0)} s, of which ${seconds.tools.toFixed(0)} s in cargo, pip and other tools`
  terminal.write(`The rehearsal of ${plain(plan.tag || version)} ${verdict} (${time}).\n`)
}
