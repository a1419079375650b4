import { allowsPython } from '@slipway/core/specifier'
import { MAX_PYTHON_MINOR } from '../limits.ts'

/**
 * The minor versions of CPython 3 that may be built for, with the month in which each reaches its end of life (the
 * release PEPs; the Python Developer's Guide, "Status of Python versions").
 */
const END_OF_LIFE: readonly [minor: number, month: string][] = [
  [8, '2024-10'],
  [9, '2025-10'],
  [10, '2026-10'],
  [11, '2027-10'],
  [12, '2028-10'],
  [13, '2029-10'],
  [14, '2030-10'],
]

/** Whether some `3.minor.x` satisfies a `requires-python`. */
function allows(requiresPython: string | null, minor: number): boolean {
  // Only the releases next to a number in it can differ from their neighbours.
  const named = (requiresPython?.match(/\d{1,2}/g) ?? []).map(Number)
  const releases = new Set([0, ...named.flatMap((each) => [each, each + 1]), MAX_PYTHON_MINOR])
  return [...releases].some((each) => allowsPython(requiresPython, `3.${minor}.${each}`))
}

/** Returns the lowest minor version of Python 3 that a `requires-python` allows; null if it has no lower bound. */
export function lowestPython(requiresPython: string | null): number | null {
  return (
    Array.from({ length: MAX_PYTHON_MINOR }, (_, minor) => minor).find((minor) => allows(requiresPython, minor)) || null
  )
}

/**
 * Returns the versions of CPython that a package is built for, lowest first: those that its `requires-python` allows (any
 * if it has none) and that have not reached their end of life.
 * @param now milliseconds since the epoch
 */
export function supportedPythons(requiresPython: string | null, now: number): string[] {
  const month = new Date(now).toISOString().slice(0, 7)
  return END_OF_LIFE.filter(([minor, end]) => month <= end && allows(requiresPython, minor)).map(
    ([minor]) => `3.${minor}`,
  )
}
