import { resolve } from 'node:path'
import type { Plan } from '@slipway/core/plan'
import { errorsOf } from '@slipway/core/problem'
import { planRelease } from '@slipway/release/plan'
import { processPorts } from './ports.ts'
import { columns, describeProblem, plain, type Terminal, terminalOf } from './terminal.ts'

/** `slipway plan`. */
export async function run(
  [dir = '.']: string[],
  options: { tag?: string; offline?: boolean; json?: boolean },
): Promise<number> {
  const ports = processPorts({ info: () => {}, debug: () => {} })
  const plan = await planRelease(ports, resolve(dir), options.tag === undefined ? {} : { tag: options.tag })
  if (options.json) process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`)
  else showPlan(terminalOf(process.stdout, process.env), plan)
  return errorsOf(plan.problems).length > 0 ? 1 : 0
}

/** Shows a plan to people: problems first, then what goes where. */
export function showPlan(terminal: Terminal, plan: Plan): void {
  for (const problem of plan.problems) terminal.write(describeProblem(terminal, problem))
  // Nothing that has a version: the problems say it all.
  if (plan.version === '') return
  if (plan.problems.length > 0) terminal.write('\n')
  const python = plan.pythonVersion === plan.version ? '' : ` (Python: ${plan.pythonVersion ?? 'no such version'})`
  terminal.write(`${plain(plan.tag)}: version ${plan.version}${python}${plan.prerelease ? ', a prerelease' : ''}\n\n`)
  const crates = plan.crates.map(({ name, version, path, publish, reason }) => {
    const where = publish === true ? 'crates.io' : publish === false ? `not published: ${reason}` : publish.join(', ')
    return [`crate ${name}`, version, path, where]
  })
  const packages = plan.packages.map(({ name, version, path, backend, abi3 }) => {
    return [`package ${name}`, version, path, `PyPI (${backend}${abi3 ? `, abi3 from ${abi3}` : ''})`]
  })
  const images = plan.images.map(({ name, file }) => [`image ${name}`, plan.version, file, 'container registries'])
  terminal.write(columns(terminal, [['what', 'version', 'where', 'goes to'], ...crates, ...packages, ...images]))
}
