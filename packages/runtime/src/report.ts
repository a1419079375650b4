import type { Problem, Severity } from '@slipway/core/problem'
import { code, escapeCell, table } from './markdown.ts'
import type { Workflow } from './workflow.ts'

/** What a step tells people: annotations as it goes, a summary at its end. */
export interface Report {
  /** The folder of the project, relative to the repository: what the files of problems are relative to. */
  project: string
  /** Annotates a problem and keeps it for the summary; the same problem once only. */
  problem(problem: Problem): void
  /** A section of the summary. `body` is Markdown: made by the functions of `markdown`. */
  section(title: string, body: string): void
  /** Writes the summary: the sections in order, then all problems. */
  finish(): Promise<void>
}

const MARKS: Record<Severity, string> = { error: '❌ error', warning: '⚠️ warning', notice: 'ℹ️ notice' }

function placeOf({ where }: Problem): string {
  return where ? code(`${where.file}:${where.line}`) : ''
}

/** Problems as a Markdown table: GitHub shows ten annotations of a kind, this shows all. */
export function problemTable(problems: readonly Problem[]): string {
  return table(
    ['', 'What', 'What to do', 'Where'],
    problems.map((each) => [MARKS[each.severity], escapeCell(each.message), escapeCell(each.hint), placeOf(each)]),
  )
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
      sections.push(`### ${escapeCell(title)}\n\n${body}\n`)
    },
    async finish() {
      if (problems.size > 0) this.section('Problems', problemTable([...problems.values()]))
      if (sections.length > 0) await workflow.summarize(sections.join('\n'))
    },
  }
}
