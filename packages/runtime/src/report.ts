import { counted } from '@slipway/core/overview'
import type { Problem, Severity } from '@slipway/core/problem'
import { problemPage } from '@slipway/core/problem-page'
import { code, escapeCell, folded, link, table } from './markdown.ts'
import type { Workflow } from './workflow.ts'

/** The report of a step: annotations at once, a summary at the end. */
export interface Report {
  /** The folder of the project, relative to the repository; the files of problems are relative to it. */
  project: string
  /** Annotates a problem and adds it to the summary; repetitions are dropped. */
  problem(problem: Problem): void
  /** Adds a section to the summary. `body` is Markdown, made by the functions of `markdown`. */
  section(title: string, body: string): void
  /** Writes the summary: errors and warnings first, then the sections in order; notices are folded. */
  finish(): Promise<void>
}

const MARKS: Record<Severity, string> = { error: '❌ error', warning: '⚠️ warning', notice: 'ℹ️ notice' }

function placeOf({ where }: Problem): string {
  return where ? code(`${where.file}:${where.line}`) : ''
}

/** Formats a problem's severity and its code, which links to its page where that has a web address. */
function kindOf({ severity, code: name }: Problem): string {
  return `${MARKS[severity]}<br>${link(name, problemPage(name, process.env) ?? '')}`
}

function problemTable(problems: readonly Problem[]): string {
  return table(
    ['', 'Problem', 'What to do', 'Where'],
    problems.map((each) => [kindOf(each), escapeCell(each.message), escapeCell(each.hint), placeOf(each)]),
  )
}

/**
 * Formats all problems as Markdown, since GitHub only shows ten annotations of each kind: a section with errors, then
 * warnings, and the notices folded.
 */
function problemParts(problems: readonly Problem[]): { serious: string[]; notices: string[] } {
  const of = (severity: Severity) => problems.filter((each) => each.severity === severity)
  const [errors, warnings, notices] = [of('error'), of('warning'), of('notice')]
  const counts = [counted(errors.length, 'error'), counted(warnings.length, 'warning')].filter(
    (each) => !/^0 /.test(each),
  )
  const title = `${errors.length > 0 ? '❌' : '⚠️'} ${counts.join(', ')}`
  return {
    serious: counts.length > 0 ? [section(title, problemTable([...errors, ...warnings]))] : [],
    notices: notices.length > 0 ? [`${folded(counted(notices.length, 'notice'), problemTable(notices))}\n`] : [],
  }
}

function section(title: string, body: string): string {
  return `### ${escapeCell(title)}\n\n${body}\n`
}

/** Makes a report that writes the runner's annotations and summary. */
export function createReport(workflow: Workflow): Report {
  const problems = new Map<string, Problem>()
  const sections: string[] = []
  return {
    project: '.',
    problem(problem) {
      const identity = JSON.stringify(problem)
      if (problems.has(identity)) return
      problems.set(identity, problem)
      workflow.annotate(problem, this.project)
    },
    section(title, body) {
      sections.push(section(title, body))
    },
    async finish() {
      const { serious, notices } = problemParts([...problems.values()])
      // Notices follow errors and warnings; without those, they come last.
      const all = serious.length > 0 ? [...serious, ...notices, ...sections] : [...sections, ...notices]
      if (all.length > 0) await workflow.summarize(all.join('\n'))
    },
  }
}
