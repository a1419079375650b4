import { counted } from '@slipway/core/overview'
import type { Problem, Severity } from '@slipway/core/problem'
import { code, escapeCell, folded, table } from './markdown.ts'
import type { Workflow } from './workflow.ts'

/** What a step tells people: annotations as it goes, a summary at its end. */
export interface Report {
  /** The folder of the project, relative to the repository: what the files of problems are relative to. */
  project: string
  /** Annotates a problem and keeps it for the summary; the same problem once only. */
  problem(problem: Problem): void
  /** A section of the summary. `body` is Markdown: made by the functions of `markdown`. */
  section(title: string, body: string): void
  /** Writes the summary: what is wrong first, then the sections in order; notices folded. */
  finish(): Promise<void>
}

const MARKS: Record<Severity, string> = { error: '❌ error', warning: '⚠️ warning', notice: 'ℹ️ notice' }

function placeOf({ where }: Problem): string {
  return where ? code(`${where.file}:${where.line}`) : ''
}

function problemTable(problems: readonly Problem[]): string {
  return table(
    ['', 'What', 'What to do', 'Where'],
    problems.map((each) => [MARKS[each.severity], escapeCell(each.message), escapeCell(each.hint), placeOf(each)]),
  )
}

/**
 * All problems in Markdown, of which GitHub shows ten annotations of a kind: errors, then warnings, in a section of
 * their own, and the notices, folded.
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

/** A report into the runner's annotations and summary. */
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
      // The notices stand with what is serious, or, when nothing is, come last.
      const all = serious.length > 0 ? [...serious, ...notices, ...sections] : [...sections, ...notices]
      if (all.length > 0) await workflow.summarize(all.join('\n'))
    },
  }
}
