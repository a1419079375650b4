import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { counted } from '@slipway/core/counted'
import {
  notReleased,
  type OverviewRow,
  oneJobLines,
  overviewOf,
  packagedCrates,
  publishedPackages,
  shortOverviewOf,
  sized,
  stateWords,
} from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import type { PlannedLogin } from '@slipway/core/planned-login'
import { type Problem, ProblemError } from '@slipway/core/problem'
import { namesOf } from '@slipway/core/problem-groups'
import { workflowJobs } from '@slipway/core/strategy'
import { headlineOf, trainLines, verdictOf } from '@slipway/core/verdict'
import { MAX_FILES_PER_CRATE, MAX_OUTPUT_CHARACTERS } from './limits.ts'
import type { Context } from './main.ts'
import { bullets, code, escapeCell, folded, table } from './markdown.ts'

const MARKS = { absent: '🆕', present: '✅', unknown: '❔' }

function overviewTable(rows: readonly OverviewRow[]): string {
  const cells = rows.map(({ what, to, state, detail }) => [
    escapeCell(what),
    escapeCell(to),
    `${MARKS[state]} ${stateWords(state)}`,
    escapeCell(detail),
  ])
  return table(['Part', 'Destination', 'State', ''], cells)
}

function packagedTable(packaged: ReturnType<typeof packagedCrates>): string {
  const rows = packaged.map(({ name, files, bytes }) => {
    const more = files.length > MAX_FILES_PER_CRATE ? ` and ${files.length - MAX_FILES_PER_CRATE} more` : ''
    return [
      escapeCell(name),
      String(files.length),
      sized(bytes),
      files.slice(0, MAX_FILES_PER_CRATE).map(code).join(' ') + more,
    ]
  })
  return table(['Crate', 'Files', 'Unpacked', ''], rows)
}

/** Makes the folded list of the release trains. */
function trainList(plan: Plan): string[] {
  const lines = trainLines(plan)
  return lines.length === 0 ? [] : [folded(`Release trains: ${lines.length}`, bullets(lines.map(escapeCell)))]
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

/** Formats what is released and where, as Markdown: at most a screen. */
export function planMarkdown(plan: Plan): string {
  const left = notReleased(plan).map((each) => `Not released: ${escapeCell(each)}`)
  const parts = [`${escapeCell(headlineOf(plan))}.`, ...trainList(plan), overviewTable(shortOverviewOf(plan))]
  return [...parts, ...(left.length > 0 ? [bullets(left)] : [])].join('\n\n')
}

/** Formats the rest of a plan as folded Markdown: open questions, all parts, files, jobs for wheels, logins and versions. */
export function detailsMarkdown(plan: Plan): string {
  const { versions, matrix, notChecked, logins } = plan
  const [all, packaged] = [overviewOf(plan), packagedCrates(plan)]
  const left = notReleased(plan, true)
  const isShort = all.length === shortOverviewOf(plan).length && left.join() === notReleased(plan).join()
  const jobs = workflowJobs(matrix).map((each) =>
    [each.package, each.target, each.runner, each.interpreter].map(escapeCell),
  )
  const places = versions.map((each) => [code(`${each.file}:${each.line}`), code(each.value)])
  const details: [isThere: boolean, title: string, body: () => string][] = [
    [
      notChecked.length > 0,
      `Not checked: ${counted(notChecked.length, 'question')}`,
      () => bullets(notChecked.map(escapeCell)),
    ],
    [
      !isShort,
      `All ${counted(all.length, 'part')}, and what is not released`,
      () => `${overviewTable(all)}\n\n${bullets(left.map(escapeCell))}`,
    ],
    [packaged.length > 0, `Packaged files of ${counted(packaged.length, 'crate')}`, () => packagedTable(packaged)],
    [
      jobs.length > 0,
      counted(jobs.length, 'wheel job'),
      () =>
        [table(['Package', 'Target', 'Runner', 'Python'], jobs), bullets(oneJobLines(plan).map(escapeCell))]
          .join('\n\n')
          .trim(),
    ],
    [logins.length > 0, `Logins of ${counted(logins.length, 'publishing step')}`, () => loginTable(logins)],
    [
      places.length > 0,
      `Version found in ${counted(places.length, 'place')}`,
      () => table(['Where', 'Version'], places),
    ],
  ]
  return details.flatMap(([isThere, title, body]) => (isThere ? [folded(title, body())] : [])).join('\n\n')
}

async function writePlan(json: string, temp: string | undefined): Promise<string> {
  if (!temp) return ''
  const file = join(await mkdtemp(join(temp, 'slipway-plan-')), 'plan.json')
  await writeFile(file, json)
  return file
}

/** Reports a plan: its problems as annotations, a summary, the outputs, and a file with its JSON. */
export async function reportPlan({ report, workflow, ports }: Context, plan: Plan): Promise<void> {
  report.names = namesOf(plan)
  for (const problem of plan.problems) report.problem(problem)
  const { isBlocked, text } = verdictOf(plan)
  // Without any version, the problems say everything.
  report.lead(`${isBlocked ? '❌' : '✅'} ${text}`, plan.version === '' ? '' : planMarkdown(plan))
  if (plan.version !== '') report.section('Details of the plan', detailsMarkdown(plan))
  const json = JSON.stringify(plan)
  const names = (all: readonly { name: string }[]) => JSON.stringify(all.map((each) => each.name))
  const outputs = {
    version: plan.version,
    'python-version': plan.pythonVersion ?? '',
    tag: plan.tag,
    prerelease: plan.prerelease,
    'make-latest': plan.makeLatest,
    matrix: JSON.stringify({ include: workflowJobs(plan.matrix) }),
    crates: names(plan.crates.filter((each) => each.publish !== false)),
    packages: names(publishedPackages(plan)),
    images: names(plan.images.filter((each) => each.after === undefined)),
    'late-images': names(plan.images.filter((each) => each.after !== undefined)),
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
