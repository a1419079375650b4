import cpython from '@slipway/core/python/data/cpython.json' with { type: 'json' }
import { cpythonMinor } from '@slipway/core/python/filename'
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

/** Whether there is a CPython of this version, `3.11` or `3.14t`, for Rust's target triple. */
export function existsFor(version: string, target: string): boolean {
  return target !== 'aarch64-pc-windows-msvc' || (cpythonMinor(version) ?? 0) >= cpython.windowsOnArm.from
}
