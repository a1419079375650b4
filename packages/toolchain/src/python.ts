import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Exec, Ports } from '@slipway/core/ports'
import { error, ProblemError, type Where } from '@slipway/core/problem'
import { cpythonMinor, type WheelFilename } from '@slipway/core/python/filename'
import { type Interpreter, interpreterName, interpreterTitle } from '@slipway/core/python/interpreter'
import { allowsPython } from '@slipway/core/python/requires-python'
import { pythonCandidates } from './python/candidates.ts'

/** A Python on this machine. */
export interface Python {
  /** Path of its executable, outside any virtual environment. */
  path: string
  /** `3.11.7` */
  version: string
  implementation: Interpreter['implementation']
  /** Whether it is built without the global interpreter lock; there is no abi3 for such a Python. */
  freeThreaded: boolean
  /** Whether it can create virtual environments with pip (a separate package on Debian). */
  venv: boolean
}

const IMPLEMENTATIONS: readonly string[] = ['cpython', 'pypy'] satisfies Python['implementation'][]

const QUESTION = `
import json, os, sys, sysconfig
from importlib.util import find_spec
base = getattr(sys, '_base_executable', None) or sys.executable
print(json.dumps({
    'path': os.path.realpath(base if os.path.exists(base) else sys.executable),
    'version': '.'.join(map(str, sys.version_info[:3])),
    'implementation': sys.implementation.name,
    'freeThreaded': bool(sysconfig.get_config_var('Py_GIL_DISABLED')),
    'venv': find_spec('venv') is not None and find_spec('ensurepip') is not None,
    'final': sys.version_info.releaselevel == 'final',
}))
`

/** Asks an executable for its version; null when it is broken, older than 3.8, not final, or neither CPython nor PyPy. */
async function ask(ports: Ports, path: string): Promise<Python | null> {
  if (!(await stat(path).catch(() => null))?.isFile()) return null
  return askPython(ports.exec, path, dirname(path))
}

/** Asks an executable of the machine, or of the container, that `exec` runs commands on; see `ask`. */
export async function askPython(exec: Exec, path: string, cwd: string): Promise<Python | null> {
  try {
    const { code, stdout } = await exec({ argv: [path, '-I', '-c', QUESTION], cwd })
    if (code !== 0) return null
    const { final, ...python } = JSON.parse(stdout) as Python & { final: boolean }
    return final && IMPLEMENTATIONS.includes(python.implementation) && minor(python) >= 8 ? python : null
  } catch {
    return null
  }
}

/** Returns the minor version: 11 for 3.11.7. */
export function minor({ version }: Python): number {
  return Number(version.split('.')[1])
}

function byVersion(a: Python, b: Python): number {
  return minor(a) - minor(b) || Number(a.version.split('.')[2]) - Number(b.version.split('.')[2])
}

/**
 * Whether a Python can load the modules of a wheel with these Python and ABI tags (PyPA specification "Platform compatibility
 * tags").
 */
export function loads(python: Python, { pythonTags, abiTags }: Pick<WheelFilename, 'pythonTags' | 'abiTags'>): boolean {
  const own = minor(python)
  if (python.implementation === 'pypy')
    return pythonTags.includes(`pp3${own}`) || (pythonTags.includes('py3') && abiTags.includes('none'))
  const built = pythonTags.map((each) => cpythonMinor(each))
  return abiTags.some((abi) => {
    if (abi === 'abi3t' || (abi === 'abi3' && !python.freeThreaded))
      return built.some((each) => each !== null && each <= own)
    if (abi === 'none') return built.includes(own) || pythonTags.includes('py3')
    return abi === `cp3${own}${python.freeThreaded ? 't' : ''}`
  })
}

/** The Pythons of this machine, by the ports with which they were asked. */
const known = new WeakMap<Ports, Promise<Python[]>>()

/** Finds every CPython and PyPy 3.8 or later on this machine, each installation once, lowest version first. Asks them once. */
export function findPythons(ports: Ports): Promise<Python[]> {
  const pythons = known.get(ports) ?? askAll(ports)
  known.set(ports, pythons)
  return pythons
}

/** Forgets the Pythons of this machine, because one was installed. */
export function forgetPythons(ports: Ports): void {
  known.delete(ports)
}

async function askAll(ports: Ports): Promise<Python[]> {
  // Several names on PATH mostly lead to one file, which is asked once.
  const files = await Promise.all((await pythonCandidates(ports.env)).map((path) => realpath(path).catch(() => path)))
  const answers = await Promise.all([...new Set(files)].map((path) => ask(ports, path)))
  const found = new Map<string, Python>()
  for (const python of answers) if (python && !found.has(python.path)) found.set(python.path, python)
  return [...found.values()].sort(byVersion)
}

/** Whether a Python is the one that tools and wheels are for unless said otherwise: CPython with its lock. */
export function isUsual({ implementation, freeThreaded }: Python): boolean {
  return implementation === 'cpython' && !freeThreaded
}

/**
 * Returns the lowest Python that can create virtual environments: a tool that runs there also runs on later ones.
 * @throws ProblemError `python-missing`
 */
export function bestPython(pythons: readonly Python[]): Python {
  const best = pythons.find((python) => python.venv && isUsual(python))
  if (best) return best
  throw new ProblemError(
    error(
      'python-missing',
      pythons.length === 0
        ? 'This machine has no CPython 3.8 or later.'
        : 'No Python on this machine can create virtual environments.',
      'Set up Python in an earlier step (setup-toolchains), or install it with its venv module (python3-venv).',
    ),
  )
}

/** A package's constraints on the Python that it is built for or tested on. */
export interface PythonConstraint {
  /** The package's name. */
  name: string
  /** Its `requires-python`; without one, any Python may install the package. */
  requiresPython?: string | undefined
  /** Where `requires-python` is set. */
  requiresPythonAt?: Where | undefined
  /** The lowest CPython that its abi3 wheel runs on, `cp38`. */
  abi3?: string | null
  /** The first CPython that is too new, `cp315`: maturin would build a wheel with another stable ABI for it. */
  below?: string
}

/**
 * Returns the Pythons that may install a package and can create virtual environments, lowest first; at least one.
 * @throws ProblemError `python-missing`
 */
export function pythonsFor(pythons: readonly Python[], constraint: PythonConstraint): [Python, ...Python[]] {
  const { name, requiresPython, requiresPythonAt, abi3, below } = constraint
  // Throws when no Python can be used at all.
  bestPython(pythons)
  const able = pythons.filter((each) => each.venv && isUsual(each))
  const lowest = cpythonMinor(abi3 ?? '') ?? 0
  const end = cpythonMinor(below ?? '') ?? Number.POSITIVE_INFINITY
  const inRange = able.filter((each) => minor(each) >= lowest && minor(each) < end)
  const [first, ...more] = inRange.filter((each) => allowsPython(requiresPython, each.version))
  if (first) return [first, ...more]
  const found = able.map((each) => each.version).join(', ')
  const needs = [
    ...(requiresPython === undefined ? [] : [`\`requires-python\` is "${requiresPython}"`]),
    ...(lowest === 0 ? [] : [`its wheel is for CPython 3.${lowest} and later`]),
    ...(below === undefined ? [] : [`only one below 3.${end} builds that wheel`]),
  ]
  const message = `No Python on this machine can install ${name}: ${needs.join(' and ')}; found: ${found}.`
  throw new ProblemError(error('python-missing', message, SET_UP, requiresPythonAt))
}

const SET_UP = 'Set up an allowed Python in an earlier step (setup-toolchains), or change `requires-python`.'

/** Returns the name of a Python as `isOfVersion` takes it: `3.12`, free-threaded `3.14t`, `pypy3.11`. */
export function nameOfPython(python: Python): string {
  return interpreterName({ ...python, minor: minor(python) })
}

/** Returns a Python's version for people, with `t` at its end if it has no global interpreter lock: `3.14.1t`, `PyPy 3.11.15`. */
export function versionOf({ version, implementation, freeThreaded }: Python): string {
  return `${implementation === 'pypy' ? 'PyPy ' : ''}${version}${freeThreaded ? 't' : ''}`
}

/** Whether a Python is of a version: `3.12`, `3.12.4`, free-threaded `3.14t`, or `pypy3.11`. */
export function isOfVersion({ version: own, implementation, freeThreaded }: Python, version: string): boolean {
  const [, pypy, plain = '', flag] = /^(pypy)?(.*?)(t?)$/.exec(version) ?? []
  const isKind = (implementation === 'pypy') === (pypy !== undefined) && freeThreaded === (flag === 't')
  return isKind && (own === plain || own.startsWith(`${plain}.`))
}

/**
 * Returns the Python to build a package for: of the given version, the newest that may install the package, or by default the
 * lowest that may.
 * @param version `3.12`, `3.14t` or `pypy3.11`
 * @throws ProblemError `python-missing`, `python-not-allowed`
 */
export function pythonFor(
  pythons: readonly Python[],
  version: string | undefined,
  constraint: PythonConstraint,
): Python {
  if (version === undefined) return pythonsFor(pythons, constraint)[0]
  const found = pythons.filter((each) => isOfVersion(each, version))
  const newest = found.at(-1)
  if (!newest) {
    const message = `This machine has no ${interpreterTitle(version)} to build for.`
    const hint = `Set it up in an earlier step (setup-toolchains with \`python: "${version}"\`).`
    throw new ProblemError(error('python-missing', message, hint))
  }
  const { name, requiresPython, requiresPythonAt } = constraint
  const allowed = found.findLast((each) => allowsPython(requiresPython, each.version))
  if (allowed) return allowed
  const message = `\`requires-python\` of ${name} is "${requiresPython}", so pip would refuse a wheel for Python ${newest.version}.`
  const hint = 'Build for an allowed Python, or change `requires-python`.'
  throw new ProblemError(error('python-not-allowed', message, hint, requiresPythonAt))
}
