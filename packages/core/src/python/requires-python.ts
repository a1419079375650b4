import { MAX_PYTHON_MINOR, MAX_REQUIREMENT_CHARACTERS } from '../limits.ts'
import { type Clause, isWithin, parseSpecifier } from './specifier.ts'
import { parsePython } from './version.ts'

/**
 * Returns the clauses of a `requires-python`. An unreadable clause is left out: the plan reports it, and build tools refuse
 * it. A specifier of more than `MAX_REQUIREMENT_CHARACTERS` counts as absent.
 */
function clausesOf(requiresPython: string | null | undefined): Clause[] {
  if (requiresPython == null || requiresPython.length > MAX_REQUIREMENT_CHARACTERS) return []
  return requiresPython.split(',').flatMap((each) => parseSpecifier(each) ?? [])
}

function allows(clauses: readonly Clause[], version: string): boolean {
  const python = parsePython(version)
  return python !== null && clauses.every((each) => isWithin(python, each, version))
}

/**
 * Whether `requires-python` allows a Python.
 * @param requiresPython null or undefined if there is none
 * @param version `3.11.7`
 */
export function allowsPython(requiresPython: string | null | undefined, version: string): boolean {
  return allows(clausesOf(requiresPython), version)
}

/** Whether clauses allow some release of a minor version of Python 3. */
function allowsSome(clauses: readonly Clause[], minor: number): boolean {
  // Only the releases next to a named one can differ from their neighbours.
  const named = clauses.map(({ operand }) => Number(parsePython(operand)?.release[2] ?? 0))
  const releases = new Set([0, ...named.flatMap((each) => [Math.max(each - 1, 0), each, each + 1]), MAX_PYTHON_MINOR])
  return [...releases].some((each) => allows(clauses, `3.${minor}.${each}`))
}

/** Whether `requires-python` allows some release of a minor version of Python 3: 12 for 3.12. */
export function allowsMinor(requiresPython: string | null, minor: number): boolean {
  return allowsSome(clausesOf(requiresPython), minor)
}

/** Returns the lowest minor version of Python 3 that a `requires-python` allows; null if it has no lower bound. */
export function lowestPython(requiresPython: string | null): number | null {
  const clauses = clausesOf(requiresPython)
  return Array.from({ length: MAX_PYTHON_MINOR }, (_, minor) => minor).find((each) => allowsSome(clauses, each)) || null
}
