import cpython from '@slipway/core/python/data/cpython.json' with { type: 'json' }
import { allowsMinor } from '@slipway/core/python/requires-python'

/**
 * Returns the versions of CPython that a package is built for, lowest first: those that its `requires-python` allows (any
 * if it has none), that are released and that have not reached their end of life (the release PEPs).
 * @param now milliseconds since the epoch
 */
export function supportedPythons(requiresPython: string | null, now: number): string[] {
  const month = new Date(now).toISOString().slice(0, 7)
  const maintained = cpython.releases.filter((each) => each.from <= month && month <= each.until)
  return maintained.filter(({ minor }) => allowsMinor(requiresPython, minor)).map(({ minor }) => `3.${minor}`)
}
