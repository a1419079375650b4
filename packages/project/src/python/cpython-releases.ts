import cpython from '@slipway/core/python/data/cpython.json' with { type: 'json' }
import { cpythonMinor } from '@slipway/core/python/filename'
import { parseInterpreter } from '@slipway/core/python/interpreter'
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

/**
 * Returns the free-threaded versions of CPython that a package which supports them is built for, lowest first: those of
 * `supportedPythons` in which free threading is no experiment (PEP 779).
 */
export function freeThreadedPythons(requiresPython: string | null, now: number): string[] {
  const all = supportedPythons(requiresPython, now)
  return all.filter((each) => (cpythonMinor(each) ?? 0) >= cpython.freeThreaded.from).map((each) => `${each}t`)
}

/** Whether a name is of a Python that gets wheels only on request: free-threaded and no experiment, or the maintained PyPy. */
export function isSeparatePython(name: string): boolean {
  const found = parseInterpreter(name)
  if (found === null) return false
  return found.implementation === 'pypy'
    ? found.minor === cpython.pypy.minor
    : found.freeThreaded && found.minor >= cpython.freeThreaded.from
}

/** Whether there is a Python, `3.11`, `3.14t` or `pypy3.11`, for Rust's target triple; for an empty one, there is. */
export function existsFor(name: string, target: string): boolean {
  const found = parseInterpreter(name)
  if (found?.implementation === 'pypy') return target === '' || cpython.pypy.targets.includes(target)
  return target !== 'aarch64-pc-windows-msvc' || (found?.minor ?? 0) >= cpython.windowsOnArm.from
}
