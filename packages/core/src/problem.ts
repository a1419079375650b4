import type { Log } from './ports.ts'

/** How much a problem matters: an `error` stops a release, a `warning` and a `notice` do not. */
export type Severity = 'error' | 'warning' | 'notice'

/** A place in a file: the path (relative to the project, with `/`) and the line, counted from 1. */
export interface Where {
  file: string
  line: number
}

/** What is wrong, why it matters and what to do about it. */
export interface Problem {
  /** Stable, kebab-case name of the kind of problem, e.g. `tag-differs-from-version`. */
  code: string
  severity: Severity
  /** What is wrong and why it matters: one or two sentences. */
  message: string
  /** What to do. */
  hint: string
  where?: Where
}

/** An error that is made of problems: the only kind of failure that a user is meant to read. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: Problem | readonly Problem[], cause?: unknown) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem]
    super(list.map((each) => each.message).join('\n'), cause === undefined ? undefined : { cause })
    this.name = 'ProblemError'
    this.problems = list
  }
}

/** Makes an error problem. `where` is left out when it is not known. */
export function error(code: string, message: string, hint: string, where?: Where): Problem {
  return { code, severity: 'error', message, hint, ...(where && { where }) }
}

/** Makes a warning. */
export function warning(code: string, message: string, hint: string, where?: Where): Problem {
  return { ...error(code, message, hint, where), severity: 'warning' }
}

/** Makes a notice. */
export function notice(code: string, message: string, hint: string, where?: Where): Problem {
  return { ...error(code, message, hint, where), severity: 'notice' }
}

/** The problems of severity `error`. */
export function errorsOf(problems: readonly Problem[]): Problem[] {
  return problems.filter((each) => each.severity === 'error')
}

/**
 * Throws when there are errors among the problems.
 * @param log told of the others; left out where others tell them: those of a plan, the plan does
 * @throws ProblemError with the errors only.
 */
export function failOnErrors(problems: readonly Problem[], log?: Pick<Log, 'problem'>): void {
  const errors = errorsOf(problems)
  for (const each of problems) if (each.severity !== 'error') log?.problem(each)
  if (errors.length > 0) throw new ProblemError(errors)
}
