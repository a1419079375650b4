import type { WheelFilename } from './filename.ts'

/** A Python that a wheel is built for. Its name is spelt as for setup-python: `3.12`, free-threaded `3.14t`, `pypy3.11`. */
export interface Interpreter {
  implementation: 'cpython' | 'pypy'
  /** 12 for 3.12 */
  minor: number
  /** Whether it is built without the global interpreter lock (PEP 703). */
  freeThreaded: boolean
}

/** Parses the name of an interpreter; null for another text. */
export function parseInterpreter(name: string): Interpreter | null {
  const [, pypy, minor, flag] = /^(pypy)?3\.(\d{1,2})(t?)$/.exec(name) ?? []
  if (minor === undefined || (pypy && flag)) return null
  return { implementation: pypy ? 'pypy' : 'cpython', minor: Number(minor), freeThreaded: flag === 't' }
}

/** The oldest Python that Slipway uses, and the first that can be built without the global interpreter lock (PEP 703). */
const OLDEST = { withLock: 8, freeThreaded: 13 }

/** Whether Slipway builds and runs wheels with an interpreter. */
export function isUsable({ minor, freeThreaded }: Interpreter): boolean {
  return minor >= (freeThreaded ? OLDEST.freeThreaded : OLDEST.withLock)
}

/** Returns the name of an interpreter. */
export function interpreterName({ implementation, minor, freeThreaded }: Interpreter): string {
  return `${implementation === 'pypy' ? 'pypy' : ''}3.${minor}${freeThreaded ? 't' : ''}`
}

/** Returns an interpreter for people: `CPython 3.14t`, `PyPy 3.11`; the name itself if it is none. */
export function interpreterTitle(name: string): string {
  const found = parseInterpreter(name)
  if (found === null) return name
  return found.implementation === 'pypy' ? `PyPy 3.${found.minor}` : `CPython ${name}`
}

/** Whether an interpreter can load modules of the stable ABI with the lock (PEP 384, PEP 703), as only some CPythons can. */
export function loadsAbi3(name: string): boolean {
  const found = parseInterpreter(name)
  return found !== null && found.implementation === 'cpython' && !found.freeThreaded
}

/** Returns the interpreters that a wheel names, other than by a stable ABI. */
export function interpretersOf({ pythonTags, abiTags }: Pick<WheelFilename, 'pythonTags' | 'abiTags'>): Interpreter[] {
  const isStable = abiTags.some((each) => each.startsWith('abi3'))
  const freeThreaded = abiTags.some((each) => each.endsWith('t'))
  return pythonTags.flatMap((tag): Interpreter[] => {
    const [, kind, minor] = /^(cp|pp)3(\d+)$/.exec(tag) ?? []
    if (minor === undefined || (kind === 'cp' && isStable)) return []
    if (kind === 'pp') return [{ implementation: 'pypy', minor: Number(minor), freeThreaded: false }]
    return [{ implementation: 'cpython', minor: Number(minor), freeThreaded }]
  })
}
