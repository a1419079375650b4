import type { Plan } from './plan.ts'
import { type Problem, SEVERITIES, type Where } from './problem.ts'

/** Problems with one cause: they differ only in the crate or package, and in the place. */
export interface ProblemGroup {
  /** The one to show: the first in the order of the problems. */
  first: Problem
  /** How many problems it stands for, including those that a plan leaves out (`more`). */
  count: number
  /** Their places, each once. */
  places: Where[]
}

/** Returns the names that differ between problems with one cause: those of the crates and packages, and of their folders. */
export function namesOf({ crates, packages }: Pick<Plan, 'crates' | 'packages'>): string[] {
  return [...crates, ...packages].flatMap(({ name, path }) => [name, path.split('/').at(-1) as string])
}

/** A name of a crate, a package or a folder, without the full stop after it. */
const NAME = /\w(?:[\w.-]*[\w-])?/g

/**
 * Groups problems by cause, worst first: the same code, severity, message and hint, apart from names.
 * @param names names of the project (`namesOf`); without them, only repetitions of one text are grouped
 */
export function groupProblems(problems: readonly Problem[], names: readonly string[] = []): ProblemGroup[] {
  const known = new Set(names)
  const withoutNames = (text: string) => text.replace(NAME, (word) => (known.has(word) ? '…' : word))
  const groups = new Map<string, ProblemGroup>()
  for (const problem of problems) {
    const { severity, code, message, hint } = problem
    const cause = JSON.stringify([severity, code, withoutNames(message), withoutNames(hint)])
    const group = groups.get(cause) ?? { first: problem, count: 0, places: [] }
    groups.set(cause, add(problem, group))
  }
  return worstFirst([...groups.values()])
}

function add({ where, more = 0 }: Problem, { first, count, places }: ProblemGroup): ProblemGroup {
  if (where && !places.some((each) => each.file === where.file && each.line === where.line)) places.push(where)
  return { first, count: count + 1 + more, places }
}

/** Returns each problem as a group, worst first. */
export function singly(problems: readonly Problem[]): ProblemGroup[] {
  return worstFirst(problems.map((first) => add(first, { first, count: 0, places: [] })))
}

function worstFirst(groups: readonly ProblemGroup[]): ProblemGroup[] {
  return SEVERITIES.flatMap((severity) => groups.filter((each) => each.first.severity === severity))
}

/** Returns the number of problems in groups. */
export function total(groups: readonly ProblemGroup[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0)
}

/** Returns the places of a group, as `file:line`. */
export function placesOf({ places }: Pick<ProblemGroup, 'places'>): string[] {
  return places.map(({ file, line }) => `${file}:${line}`)
}
