import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  counted,
  headlineOf,
  type OverviewRow,
  overviewOf,
  packagedCrates,
  publishedPackages,
  stateWords,
} from '@slipway/core/overview'
import type { Plan, PlannedLogin } from '@slipway/core/plan'
import { errorsOf, type Problem, ProblemError } from '@slipway/core/problem'
import { MAX_FILES_PER_CRATE, MAX_OUTPUT_CHARACTERS } from './limits.ts'
import type { Context } from './main.ts'
import { code, escapeCell, folded, table } from './markdown.ts'

const MARKS = { absent: '🆕', present: '✅', unknown: '❔' }

function overviewTable(rows: readonly OverviewRow[]): string {
  const cells = rows.map(({ what, to, state, detail }) => [
    escapeCell(what),
    to === '' ? '–' : escapeCell(to),
    state === null ? 'not published' : `${MARKS[state]} ${stateWords(state)}`,
    escapeCell(detail),
  ])
  return table(['Part', 'Destination', 'State', ''], cells)
}

function packagedTable(packaged: ReturnType<typeof packagedCrates>): string {
  const rows = packaged.map(({ name, files, size }) => {
    const more = files.length > MAX_FILES_PER_CRATE ? ` and ${files.length - MAX_FILES_PER_CRATE} more` : ''
    return [
      escapeCell(name),
      String(files.length),
      size,
      files.slice(0, MAX_FILES_PER_CRATE).map(code).join(' ') + more,
    ]
  })
  return table(['Crate', 'Files', 'Unpacked', ''], rows)
}

/** Makes the table of the workflows' logins, with the trusted publishers to register. */
function loginTable(logins: readonly PlannedLogin[]): string {
  const rows = logins.map(({ target, kind, job, where, publisher }) => {
    const { owner, repository, workflow, environment } = publisher ?? {}
    const fields = publisher === null ? [] : [`${owner}/${repository}`, workflow, environment ?? 'no environment']
    return [
      escapeCell(target),
      kind === 'token' ? 'a token' : 'trusted publishing',
      escapeCell(job),
      code(`${where.file}:${where.line}`),
      fields.map((each) => code(each ?? '')).join(' '),
    ]
  })
  return table(['Registry', 'Login', 'Job', 'Where', 'Trusted publisher'], rows)
}

/** Formats the plan as Markdown: its destinations and, folded, packaged files, jobs for wheels, logins and places of versions. */
export function planMarkdown(plan: Plan): string {
  const { versions, matrix, notChecked } = plan
  const places = versions.map((each) => [code(`${each.file}:${each.line}`), code(each.value)])
  const packaged = packagedCrates(plan)
  const jobs = matrix.map((each) => [each.package, each.target, each.runner, each.interpreter].map(escapeCell))
  return [
    `${errorsOf(plan.problems).length > 0 ? '❌ Errors block the release' : '✅ No errors'}: ${escapeCell(headlineOf(plan))}.`,
    overviewTable(overviewOf(plan)),
    ...(notChecked.length > 0 ? [`Not checked: ${notChecked.map(escapeCell).join(' ')}`] : []),
    ...(packaged.length > 0
      ? [folded(`Packaged files of ${counted(packaged.length, 'crate')}`, packagedTable(packaged))]
      : []),
    ...(jobs.length > 0
      ? [folded(`${counted(jobs.length, 'wheel job')}`, table(['Package', 'Target', 'Runner', 'Python'], jobs))]
      : []),
    ...(plan.logins.length > 0
      ? [folded(`Logins of ${counted(plan.logins.length, 'publishing step')}`, loginTable(plan.logins))]
      : []),
    ...(places.length > 0
      ? [folded(`Version found in ${counted(places.length, 'place')}`, table(['Where', 'Version'], places))]
      : []),
  ].join('\n\n')
}

async function writePlan(json: string, temp: string | undefined): Promise<string> {
  if (!temp) return ''
  const file = join(await mkdtemp(join(temp, 'slipway-plan-')), 'plan.json')
  await writeFile(file, json)
  return file
}

/** Reports a plan: its problems as annotations, a summary, the outputs, and a file with its JSON. */
export async function reportPlan({ report, workflow, ports }: Context, plan: Plan): Promise<void> {
  for (const problem of plan.problems) report.problem(problem)
  // Without any version, the problems say everything.
  if (plan.version !== '') report.section(`Plan of ${plan.tag}`, planMarkdown(plan))
  const json = JSON.stringify(plan)
  const names = (all: readonly { name: string }[]) => JSON.stringify(all.map((each) => each.name))
  const outputs = {
    version: plan.version,
    'python-version': plan.pythonVersion ?? '',
    tag: plan.tag,
    prerelease: plan.prerelease,
    'make-latest': plan.makeLatest,
    matrix: JSON.stringify({ include: plan.matrix }),
    crates: names(plan.crates.filter((each) => each.publish !== false)),
    packages: names(publishedPackages(plan)),
    images: names(plan.images),
    problems: JSON.stringify(plan.problems),
    plan: json,
  }
  for (const [name, value] of Object.entries(outputs)) {
    workflow.output(name, typeof value === 'string' && value.length > MAX_OUTPUT_CHARACTERS ? '' : value)
  }
  workflow.output('plan-file', await writePlan(json, ports.env.RUNNER_TEMP))
}

/**
 * Fails the step if there are problems of the threshold's severity or a higher one.
 * @throws ProblemError with those problems
 */
export function failOn(threshold: 'error' | 'warning' | 'never', problems: readonly Problem[]): void {
  const stops = { error: ['error'], warning: ['error', 'warning'], never: [] as string[] }[threshold]
  const serious = problems.filter((each) => stops.includes(each.severity))
  if (serious.length > 0) throw new ProblemError(serious)
}
