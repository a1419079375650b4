import { allowsMinor } from '@slipway/core/python/requires-python'

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

/**
 * Returns the versions of CPython that a package is built for, lowest first: those that its `requires-python` allows (any
 * if it has none) and that have not reached their end of life.
 * @param now milliseconds since the epoch
 */
export function supportedPythons(requiresPython: string | null, now: number): string[] {
  const month = new Date(now).toISOString().slice(0, 7)
  return END_OF_LIFE.filter(([minor, end]) => month <= end && allowsMinor(requiresPython, minor)).map(
    ([minor]) => `3.${minor}`,
  )
}
