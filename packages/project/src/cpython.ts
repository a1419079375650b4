/**
 * The minor versions of CPython 3 that may be built for, and the month in which each reaches its end of life (the
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

/** In characters: no clause is longer, and reading one takes time by the square of its length. */
const LONGEST = 200

/** Whether some `3.minor.x` satisfies a clause of a version specifier (PEP 440, "Version specifiers"). */
function allows(clause: string, minor: number): boolean {
  const [, operator, major = '', given, patch] =
    /^(~=|===?|!=|<=?|>=?)\s*(\d+)(?:\.(\d+|\*))?(?:\.(\d+|\*))?(?:\.(?:\d+|\*))*\S*$/.exec(clause.slice(0, LONGEST)) ??
    []
  // What cannot be read forbids nothing here: it is told elsewhere.
  if (operator === undefined) return true
  const below = Number(major) !== 3
  const bound = Number(major) < 3 ? -1 : Number(major) > 3 ? Number.POSITIVE_INFINITY : Number(given ?? 0)
  const isSeries = given === undefined || given === '*'
  const isWhole = patch === undefined || patch === '*'
  if (operator === '>=' || operator === '>') return minor >= bound || (isSeries && !below)
  if (operator === '<=') return minor <= bound
  if (operator === '<') return minor < bound || (minor === bound && !isWhole && Number(patch) > 0)
  if (operator === '!=') return below || !clause.includes('*') || (!isSeries && minor !== bound)
  if (below) return false
  if (operator === '~=') return isWhole ? minor >= bound : minor === bound
  return isSeries ? clause.includes('*') || minor === 0 : minor === bound
}

function clausesOf(requiresPython: string | null): string[] {
  return (requiresPython ?? '').split(',').map((each) => each.trim())
}

/** The minor version of the lowest Python 3 that a `requires-python` allows; null when it sets no bound below. */
export function lowestPython(requiresPython: string | null): number | null {
  const clauses = clausesOf(requiresPython)
  const lowest = Array.from({ length: 100 }, (_, minor) => minor).find((minor) =>
    clauses.every((each) => each === '' || allows(each, minor)),
  )
  return lowest || null
}

/**
 * The versions of CPython that a package is built for, lowest first: those of its `requires-python` (any, when it has
 * none) whose end of life has not passed.
 * @param now milliseconds since the epoch
 */
export function supportedPythons(requiresPython: string | null, now: number): string[] {
  const month = new Date(now).toISOString().slice(0, 7)
  const clauses = clausesOf(requiresPython)
  return END_OF_LIFE.filter(
    ([minor, end]) => month <= end && clauses.every((each) => each === '' || allows(each, minor)),
  ).map(([minor]) => `3.${minor}`)
}
