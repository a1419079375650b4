import type { Plan } from '@slipway/core/plan'
import { type Problem, ProblemError } from '@slipway/core/problem'
import type { Context } from './main.ts'
import { code, escapeCell, table } from './markdown.ts'

/** Tells a plan: its problems as annotations, what goes where as a table, and the outputs. */
export function reportPlan({ report, workflow }: Pick<Context, 'report' | 'workflow'>, plan: Plan): void {
  for (const problem of plan.problems) report.problem(problem)
  const rows = [
    ...plan.crates.map(({ name, version, path, publish, reason }) => [
      `crate ${code(name)}`,
      code(version),
      code(path),
      escapeCell(publish === true ? 'crates.io' : publish === false ? `not published: ${reason}` : publish.join(', ')),
    ]),
    ...plan.packages.map(({ name, version, path, abi3 }) => [
      `package ${code(name)}`,
      code(version),
      code(path),
      abi3 === null ? 'PyPI' : `PyPI, one wheel from ${abi3} on`,
    ]),
  ]
  report.section(`Plan of ${plan.tag}`, table(['What', 'Version', 'Folder', 'Goes to'], rows))
  workflow.output('version', plan.version)
  workflow.output('python-version', plan.pythonVersion ?? '')
  workflow.output('tag', plan.tag)
  workflow.output('prerelease', plan.prerelease)
  workflow.output('plan', JSON.stringify(plan))
}

/**
 * Fails the step for the problems that are to fail it.
 * @throws ProblemError
 */
export function failOn(threshold: 'error' | 'warning' | 'never', problems: readonly Problem[]): void {
  const stops = { error: ['error'], warning: ['error', 'warning'], never: [] as string[] }[threshold]
  const serious = problems.filter((each) => stops.includes(each.severity))
  if (serious.length > 0) throw new ProblemError(serious)
}
