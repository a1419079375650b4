import { counted, few } from '@slipway/core/counted'
import { MAX_NAMES_LISTED } from '@slipway/core/limits'
import type { Problem, Severity } from '@slipway/core/problem'
import { groupProblems, type ProblemGroup, placesOf, total } from '@slipway/core/problem-groups'
import { problemPage } from '@slipway/core/problem-page'
import { MAX_ANNOTATIONS_PER_CODE, MAX_TABLE_ROWS } from './limits.ts'
import { code, escapeCell, folded, link, table } from './markdown.ts'
import type { Workflow } from './workflow.ts'

/** The report of a step: annotations at once, a summary at the end. */
export interface Report {
  /** The folder of the project, relative to the repository; the files of problems are relative to it. */
  project: string
  /** Names of the project's parts (`namesOf`): problems that differ only in them are one row of the summary. */
  names: readonly string[]
  /** Annotates a problem, if it is among the first ten with its code, and adds it to the summary; drops repetitions. */
  problem(problem: Problem): void
  /** Adds a section that precedes the problems: the answer of the step. `body` is Markdown. */
  lead(title: string, body: string): void
  /** Adds a section to the summary. `body` is Markdown, made by the functions of `markdown`. */
  section(title: string, body: string): void
  /** Writes the summary: errors and warnings first, then the sections in order; notices are folded. */
  finish(): Promise<void>
}

const MARKS: Record<Severity, string> = { error: '❌ error', warning: '⚠️ warning', notice: 'ℹ️ notice' }

/** Formats the severity of a group, its code, which links to its page where that has a web address, and its count. */
function kindOf({ first: { severity, code: name }, count }: ProblemGroup): string {
  const times = count > 1 ? `<br>${count} times` : ''
  return `${MARKS[severity]}<br>${link(name, problemPage(name, process.env) ?? '')}${times}`
}

/** Formats the first three places of a group, and the others folded. Several problems may be at one place. */
function whereOf(group: ProblemGroup): string {
  const places = placesOf(group).map(code)
  const rest = places.slice(MAX_NAMES_LISTED)
  if (rest.length === 0) return places.length > 1 ? few(places, group.count) : places.join('')
  const hidden = group.count - MAX_NAMES_LISTED - MAX_TABLE_ROWS
  const end = hidden > 0 ? ` and ${hidden} more` : ''
  const folded = `${rest.slice(0, MAX_TABLE_ROWS).join('<br>')}${end}`
  const shown = places.slice(0, MAX_NAMES_LISTED).join(', ')
  return `${shown}<details><summary>and ${group.count - MAX_NAMES_LISTED} more</summary>${folded}</details>`
}

function problemTable(groups: readonly ProblemGroup[]): string {
  return table(
    ['', 'Problem', 'What to do', 'Where'],
    groups.map((each) => [kindOf(each), escapeCell(each.first.message), escapeCell(each.first.hint), whereOf(each)]),
  )
}

/** Formats the causes of all problems as Markdown: a section with errors, then warnings, and the notices folded. */
function problemParts(groups: readonly ProblemGroup[]): { serious: string[]; notices: string[] } {
  const of = (severity: Severity) => groups.filter((each) => each.first.severity === severity)
  const [errors, warnings, notices] = [of('error'), of('warning'), of('notice')]
  const counts = [counted(total(errors), 'error'), counted(total(warnings), 'warning')].filter(
    (each) => !/^0 /.test(each),
  )
  const title = `${errors.length > 0 ? '❌' : '⚠️'} ${counts.join(', ')}`
  return {
    serious: counts.length > 0 ? [section(title, problemTable([...errors, ...warnings]))] : [],
    notices: notices.length > 0 ? [`${folded(counted(total(notices), 'notice'), problemTable(notices))}\n`] : [],
  }
}

function section(title: string, body: string): string {
  return `### ${escapeCell(title)}\n\n${body}\n`
}

/** Makes a report that writes the runner's annotations and summary. */
export function createReport(workflow: Workflow): Report {
  const problems = new Map<string, Problem>()
  /** The problems of each severity and code, and those of them without an annotation. */
  const kinds = new Map<string, { annotated: number; left: number }>()
  const leads: string[] = []
  const sections: string[] = []
  return {
    project: '.',
    names: [],
    problem(problem) {
      const identity = JSON.stringify(problem)
      if (problems.has(identity)) return
      problems.set(identity, problem)
      const kind = `${problem.severity} ${problem.code}`
      const { annotated, left } = kinds.get(kind) ?? { annotated: 0, left: 0 }
      const isAnnotated = annotated < MAX_ANNOTATIONS_PER_CODE
      if (isAnnotated) workflow.annotate(problem, this.project)
      const more = problem.more ?? 0
      kinds.set(
        kind,
        isAnnotated ? { annotated: annotated + 1, left: left + more } : { annotated, left: left + 1 + more },
      )
    },
    lead(title, body) {
      leads.push(section(title, body))
    },
    section(title, body) {
      sections.push(section(title, body))
    },
    async finish() {
      for (const [kind, { left }] of kinds) {
        if (left > 0) workflow.log.info(`Not annotated: ${left} more of ${kind}; the summary has their places.`)
      }
      const { serious, notices } = problemParts(groupProblems([...problems.values()], this.names))
      // Notices follow errors and warnings; without those, they come last.
      const rest = serious.length > 0 ? [...serious, ...notices, ...sections] : [...sections, ...notices]
      const all = [...leads, ...rest]
      if (all.length > 0) await workflow.summarize(all.join('\n'))
    },
  }
}
