import { resolve } from 'node:path'
import { counted, headlineOf, overviewOf, packagedCrates, stateWords } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import { errorsOf } from '@slipway/core/problem'
import { planRelease } from '@slipway/release/plan/plan'
import { processPorts } from './ports.ts'
import { columns, describeProblem, paint, plain, type Terminal, terminalOf } from './terminal.ts'

/** Runs `slipway plan`. */
export async function run(
  [dir = '.']: string[],
  options: { tag?: string; offline?: boolean; json?: boolean },
): Promise<number> {
  const ports = processPorts({ info() {}, debug() {}, problem() {} })
  const plan = await planRelease(ports, resolve(dir), { tag: options.tag, offline: options.offline ?? false })
  if (options.json) process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`)
  else showPlan(terminalOf(process.stdout, process.env), plan)
  return errorsOf(plan.problems).length > 0 ? 1 : 0
}

const SEVERITIES = ['error', 'warning', 'notice'] as const

/** Shows a plan: problems first, worst on top, then each artifact with its destination. */
export function showPlan(terminal: Terminal, plan: Plan): void {
  const problems = SEVERITIES.map((severity) => plan.problems.filter((each) => each.severity === severity))
  for (const problem of problems.flat()) terminal.write(describeProblem(terminal, problem))
  const counts = problems.flatMap((all, index) =>
    all.length > 0 ? [counted(all.length, SEVERITIES[index] as string)] : [],
  )
  if (counts.length > 0) terminal.write(`\n${counts.join(', ')}\n`)
  // Without a version there is nothing to publish, and the problems say why.
  if (plan.version === '') return
  if (counts.length > 0) terminal.write('\n')
  terminal.write(`${paint(terminal, 'bold', plain(plan.tag))}: ${plain(headlineOf(plan))}\n\n`)
  const rows = overviewOf(plan).map(({ what, to, state, detail }) => {
    return [what, to, state === null ? 'not published' : stateWords(state), detail]
  })
  terminal.write(columns(terminal, [['part', 'destination', 'state', ''], ...rows]))
  const packages = packagedCrates(plan).map(({ name, files, size }) => [
    `package of ${name}`,
    counted(files.length, 'file'),
    `${size} unpacked`,
  ])
  if (packages.length > 0) terminal.write(`\n${columns(terminal, packages)}`)
  const files = new Set(plan.versions.map((each) => each.file))
  const versions = `version found in ${counted(plan.versions.length, 'place')} in ${counted(files.size, 'file')}`
  terminal.write(`\n${versions}; ${counted(plan.matrix.length, 'wheel job')}\n`)
  for (const each of plan.notChecked) terminal.write(`not checked: ${plain(each)}\n`)
}
