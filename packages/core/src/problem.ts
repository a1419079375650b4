/** The severities of problems, worst first: an `error` stops a release, a `warning` and a `notice` do not. */
export const SEVERITIES = ['error', 'warning', 'notice'] as const

/** The severity of a problem. */
export type Severity = (typeof SEVERITIES)[number]

/** A place in a file: the path (relative to the project, with `/`) and the line, counted from 1. */
export interface Where {
  file: string
  line: number
}

/** Returns a place for people: `Cargo.toml:3`. */
export function placeText({ file, line }: Where): string {
  return `${file}:${line}`
}

/** A fault of the project or the release, its consequence and its fix. */
export interface Problem {
  /** Stable, kebab-case name of the kind of problem, e.g. `tag-differs-from-version`. */
  code: string
  severity: Severity
  /** The fault and its consequence: one or two sentences. */
  message: string
  /** How to fix it. */
  hint: string
  where?: Where
  /** How many further problems of this kind in the same file are left out; absent for none. */
  more?: number
}

/** An error made of problems: the only failures that are written for users. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: Problem | readonly Problem[], cause?: unknown) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem]
    super(list.map((each) => each.message).join('\n'), cause === undefined ? undefined : { cause })
    this.name = 'ProblemError'
    this.problems = list
  }
}

/**
 * Joins the failures of work that ran side by side into the one to throw: all problems, each once. A failure that is not a
 * ProblemError is a fault of the program and wins.
 * @param failures at least one
 */
export function joinFailures(failures: readonly unknown[]): unknown {
  const fault = failures.find((each) => !(each instanceof ProblemError))
  if (fault !== undefined || failures.length === 1) return fault ?? failures[0]
  const problems = (failures as ProblemError[]).flatMap((each) => each.problems)
  const distinct = new Map(problems.map((each) => [`${each.code} ${each.message}`, each]))
  return new ProblemError([...distinct.values()], failures[0])
}

/** Makes an error. `where` is left out when it is unknown. */
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

/** Returns the problems of severity `error`. */
export function errorsOf(problems: readonly Problem[]): Problem[] {
  return problems.filter((each) => each.severity === 'error')
}

/**
 * Throws the errors among the problems, if any, after it has logged the others.
 * @param log for warnings and notices; left out where another part reports them, as a plan does with its own
 * @throws ProblemError with only the errors
 */
export function failOnErrors(problems: readonly Problem[], log?: { problem(problem: Problem): void }): void {
  const errors = errorsOf(problems)
  for (const each of problems) if (each.severity !== 'error') log?.problem(each)
  if (errors.length > 0) throw new ProblemError(errors)
}
