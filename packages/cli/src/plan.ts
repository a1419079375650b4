import { resolve } from 'node:path'
import { counted } from '@slipway/core/counted'
import {
  notReleased,
  oneJobLines,
  overviewOf,
  packagedCrates,
  shortOverviewOf,
  sized,
  stateWords,
} from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import { errorsOf } from '@slipway/core/problem'
import { groupProblems, namesOf, type ProblemGroup, singly } from '@slipway/core/problem-groups'
import { workflowJobs } from '@slipway/core/strategy'
import { headlineOf, trainLines, verdictOf } from '@slipway/core/verdict'
import { planRelease } from '@slipway/release/plan/plan'
import { MAX_TRAINS_SHOWN } from './limits.ts'
import { processPorts } from './ports.ts'
import { describeCause, describeGroup } from './problems.ts'
import { columns, paint, plain, type Terminal, terminalOf, wrap } from './terminal.ts'

/** Runs `slipway plan`. */
export async function run(
  [dir = '.']: string[],
  options: { tag?: string; offline?: boolean; verbose?: boolean; json?: boolean },
): Promise<number> {
  const ports = processPorts({ info() {}, debug() {}, problem() {} })
  const plan = await planRelease(ports, resolve(dir), { tag: options.tag, offline: options.offline ?? false })
  if (options.json) process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`)
  else showPlan(terminalOf(process.stdout, process.env), plan, options.verbose ?? false)
  return errorsOf(plan.problems).length > 0 ? 1 : 0
}

/**
 * Shows a plan: the verdict, then each part with its destination, then the problems.
 * @param verbose false: on about a screen; true: every part, problem and open question singly
 */
export function showPlan(terminal: Terminal, plan: Plan, verbose: boolean): void {
  const { isBlocked, text } = verdictOf(plan)
  terminal.write(`${paint(terminal, isBlocked ? 'red' : 'green', wrap(plain(text), terminal.width, 4))}\n`)
  // Without a version there is nothing to publish, and the problems say why.
  if (plan.version !== '') showParts(terminal, plan, verbose)
  showPlanProblems(terminal, plan, verbose)
  showUnchecked(terminal, plan, verbose)
}

/** Writes a line of text that is broken to fit into the terminal. */
function writeLine(terminal: Terminal, text: string): void {
  terminal.write(`${wrap(plain(text), terminal.width, 4)}\n`)
}

function showParts(terminal: Terminal, plan: Plan, verbose: boolean): void {
  writeLine(terminal, headlineOf(plan))
  const trains = trainLines(plan)
  for (const each of verbose ? trains : trains.slice(0, MAX_TRAINS_SHOWN)) writeLine(terminal, each)
  if (!verbose && trains.length > MAX_TRAINS_SHOWN)
    writeLine(terminal, `and ${trains.length - MAX_TRAINS_SHOWN} more release trains (listed by --verbose)`)
  const overview = verbose ? overviewOf(plan) : shortOverviewOf(plan)
  const rows = overview.map(({ what, to, state, detail }) => [what, to, stateWords(state), detail])
  terminal.write(`\n${columns(terminal, [['part', 'destination', 'state', ''], ...rows])}`)
  for (const each of notReleased(plan, verbose)) writeLine(terminal, `not released: ${each}`)
  const packages = packagedCrates(plan)
  const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0)
  const files = sum(packages.map((each) => each.files.length))
  const bytes = sum(packages.map((each) => each.bytes))
  const packaged = files === 0 ? '' : `${counted(files, 'packaged file')}, ${sized(bytes)} unpacked; `
  const holders = new Set(plan.versions.map((each) => each.file))
  const versions = `version found in ${counted(plan.versions.length, 'place')} in ${counted(holders.size, 'file')}`
  const wheelJobs = workflowJobs(plan.matrix).length
  const jobs = wheelJobs > 0 ? `; ${counted(wheelJobs, 'wheel job')}` : ''
  terminal.write('\n')
  writeLine(terminal, `${packaged}${versions}${jobs}`)
  for (const each of oneJobLines(plan)) writeLine(terminal, each)
  if (!verbose || packages.length === 0) return
  const sizes = packages.map((each) => [
    `package of ${each.name}`,
    counted(each.files.length, 'file'),
    `${sized(each.bytes)} unpacked`,
  ])
  terminal.write(`\n${columns(terminal, [['crate', 'files', 'size'], ...sizes])}`)
}

function showPlanProblems(terminal: Terminal, plan: Plan, verbose: boolean): void {
  const groups = verbose ? singly(plan.problems) : groupProblems(plan.problems, namesOf(plan))
  if (groups.length > 0) terminal.write('\n')
  const isBrief = ({ first }: ProblemGroup) => !verbose && first.severity === 'notice'
  for (const group of groups) terminal.write((isBrief(group) ? describeCause : describeGroup)(terminal, group))
  if (groups.some(isBrief)) writeLine(terminal, 'what to do about notices: shown by --verbose')
}

/** Shows what was not checked: one line with a count, or every question. */
function showUnchecked(terminal: Terminal, { notChecked }: Plan, verbose: boolean): void {
  if (notChecked.length === 0) return
  terminal.write('\n')
  if (!verbose) writeLine(terminal, `not checked: ${counted(notChecked.length, 'question')} (listed by --verbose)`)
  else for (const each of notChecked) writeLine(terminal, `not checked: ${each}`)
}
