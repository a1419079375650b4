import { resolve } from 'node:path'
import type { Plan } from '@slipway/core/plan'
import type { PlannedLogin } from '@slipway/core/planned-login'
import { errorsOf, type Problem } from '@slipway/core/problem'
import { namesOf } from '@slipway/core/problem-groups'
import { planRelease } from '@slipway/release/plan/plan'
import { publisherForms, trustProblems } from '@slipway/release/readiness/publisher-forms'
import { processPorts } from './ports.ts'
import { showProblems } from './problems.ts'
import { columns, plain, type Terminal, terminalOf } from './terminal.ts'

/** Runs `slipway trust`. */
export async function run(
  [dir = '.']: string[],
  options: { tag?: string; offline?: boolean; json?: boolean },
): Promise<number> {
  const ports = processPorts({ info() {}, debug() {}, problem() {} })
  // The user asks before tagging, about the coming release: whatever would stop it is already an error.
  const how = { tag: options.tag, offline: options.offline ?? false, isTagged: true }
  const plan = await planRelease(ports, resolve(dir), how)
  // Without a version nothing is published, so the plan's own problems come first.
  const problems = plan.version === '' ? plan.problems : trustProblems(plan)
  if (options.json) process.stdout.write(`${JSON.stringify({ logins: plan.logins, problems }, null, 2)}\n`)
  else show(terminalOf(process.stdout, process.env), plan, problems)
  return errorsOf(problems).length > 0 ? 1 : 0
}

const KINDS = { token: 'a token', identity: 'trusted publishing' }

/** Shows each login, its problems, and the values for the registries' forms. */
function show(terminal: Terminal, plan: Plan, problems: readonly Problem[]): void {
  const { logins } = plan
  showProblems(terminal, problems, namesOf(plan))
  if (problems.length > 0) terminal.write('\n')
  if (logins.length === 0) {
    terminal.write(
      'No workflow in .github/workflows publishes to crates.io or PyPI with Slipway, gh-action-pypi-publish or crates-io-auth-action.\n',
    )
    return
  }
  const rows = logins.map(({ target, kind, job, where }) => [target, KINDS[kind], job, `${where.file}:${where.line}`])
  terminal.write(columns(terminal, [['registry', 'login', 'job', 'where'], ...rows]))
  showForms(terminal, logins)
}

/** Shows the values for the registries' forms. */
export function showForms(terminal: Terminal, logins: readonly PlannedLogin[]): void {
  for (const { targets, fields } of publisherForms(logins)) {
    terminal.write(`\nTrusted publisher to register on ${targets.join(', ')} (GitHub):\n`)
    for (const [name, value] of fields) terminal.write(`  ${name.padEnd(16)}  ${plain(value)}\n`)
  }
  const unknown = logins.some((each) => each.kind === 'identity' && each.publisher === null)
  if (unknown) terminal.write('\nThe GitHub repository is unknown. Add a git remote to see the values to register.\n')
}
