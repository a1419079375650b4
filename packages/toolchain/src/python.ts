import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError, type Where } from '@slipway/core/problem'
import { allowsPython } from '@slipway/core/specifier'
import { pathFolders } from './command.ts'

/** A Python of this machine. */
export interface Python {
  /** Its executable, outside any virtual environment. */
  path: string
  /** `3.11.7` */
  version: string
  /** `cpython` */
  implementation: string
  /** Whether it is a build without the global interpreter lock, for which there is no abi3. */
  freeThreaded: boolean
  /** Whether it can make virtual environments with pip in them (Debian splits that off). */
  venv: boolean
}

const windows = process.platform === 'win32'

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

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}

async function foldersOf(folder: string): Promise<string[]> {
  return (await list(folder)).map((name) => join(folder, name))
}

/** The executable of an installation's folder, as its platform lays it out. */
function executable(prefix: string): string {
  return windows ? join(prefix, 'python.exe') : join(prefix, 'bin', 'python3')
}

async function onPath(folder: string): Promise<string[]> {
  const pattern = windows ? /^python3?\.exe$/i : /^python3(\.\d+)?$/
  return (await list(folder))
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name))
}

/** Where Pythons may be: what setup-python chose, PATH, the runner's tool cache, pyenv. */
async function candidates(env: Ports['env']): Promise<string[]> {
  const chosen = env.pythonLocation ? [executable(env.pythonLocation)] : []
  const pyenv = env.PYENV_ROOT ?? join(env.HOME ?? homedir(), '.pyenv')
  // A shim runs what is under versions/ anyway, through a slow script.
  const folders = pathFolders(env).filter((folder) => folder !== join(pyenv, 'shims'))
  const named = (await Promise.all(folders.map(onPath))).flat()
  const cached = env.RUNNER_TOOL_CACHE ? await foldersOf(join(env.RUNNER_TOOL_CACHE, 'Python')) : []
  const installed = [
    ...(await Promise.all(cached.map(foldersOf))).flat(),
    ...(await foldersOf(join(pyenv, 'versions'))),
  ]
  return [...new Set([...chosen, ...named, ...installed.map(executable)])]
}

/** Asks one executable what it is; null when it is broken, not CPython, older than 3.8 or no final release. */
async function ask(ports: Ports, path: string): Promise<Python | null> {
  if (!(await stat(path).catch(() => null))?.isFile()) return null
  try {
    const { code, stdout } = await ports.exec({ argv: [path, '-I', '-c', QUESTION], cwd: dirname(path) })
    if (code !== 0) return null
    const { final, ...python } = JSON.parse(stdout) as Python & { final: boolean }
    return final && python.implementation === 'cpython' && minor(python) >= 8 ? python : null
  } catch {
    return null
  }
}

/** 11 of 3.11.7. */
export function minor({ version }: Python): number {
  return Number(version.split('.')[1])
}

function byVersion(a: Python, b: Python): number {
  return minor(a) - minor(b) || Number(a.version.split('.')[2]) - Number(b.version.split('.')[2])
}

/** Every CPython of 3.8 or later on this machine, each installation once, lowest version first. */
export async function findPythons(ports: Ports): Promise<Python[]> {
  const answers = await Promise.all((await candidates(ports.env)).map((path) => ask(ports, path)))
  const found = new Map<string, Python>()
  for (const python of answers) if (python && !found.has(python.path)) found.set(python.path, python)
  return [...found.values()].sort(byVersion)
}

/**
 * The lowest Python that can make virtual environments: what runs there runs on the later ones too.
 * @throws ProblemError `python-missing`
 */
export function bestPython(pythons: readonly Python[]): Python {
  const best = pythons.find((python) => python.venv && !python.freeThreaded)
  if (best) return best
  throw new ProblemError(
    error(
      'python-missing',
      pythons.length === 0
        ? 'There is no CPython 3.8 or later on this machine.'
        : 'No Python of this machine can make virtual environments.',
      'Set up Python in an earlier step (actions/setup-python), or install it with its venv module (python3-venv).',
    ),
  )
}

/** What a package needs of the Python that it is built for or tried on. */
export interface PythonWanted {
  /** The package's name. */
  name: string
  /** Its `requires-python`; without one, any Python may install it. */
  requiresPython?: string | undefined
  /** Where that is. */
  requiresPythonAt?: Where | undefined
  /** The lowest CPython that its abi3 wheel runs on, `cp38`. */
  abi3?: string | null
}

/**
 * The Pythons that may install a package and can make virtual environments, lowest first; at least one.
 * @throws ProblemError `python-missing`
 */
export function pythonsFor(pythons: readonly Python[], wanted: PythonWanted): [Python, ...Python[]] {
  const { name, requiresPython, requiresPythonAt, abi3 } = wanted
  // Without any at all, that is the problem.
  bestPython(pythons)
  const able = pythons.filter((each) => each.venv && !each.freeThreaded)
  const lowest = Number(abi3?.slice('cp3'.length) ?? 0)
  const [first, ...more] = able.filter((each) => minor(each) >= lowest && allowsPython(requiresPython, each.version))
  if (first) return [first, ...more]
  const found = able.map((each) => each.version).join(', ')
  const needs = [
    ...(requiresPython === undefined ? [] : [`\`requires-python\` is "${requiresPython}"`]),
    ...(lowest === 0 ? [] : [`its wheel is for CPython 3.${lowest} and later`]),
  ]
  const message = `No Python on this machine can install ${name}: ${needs.join(' and ')}; found: ${found}.`
  throw new ProblemError(error('python-missing', message, SET_UP, requiresPythonAt))
}

const SET_UP = 'Set up a Python that it allows in an earlier step (actions/setup-python), or change `requires-python`.'

/**
 * The Python to build a package for: of a version, or the lowest that may install it where no version is asked for.
 * @param version `3.12`
 * @throws ProblemError `python-missing`, `python-not-allowed`
 */
export function pythonFor(pythons: readonly Python[], version: string | undefined, wanted: PythonWanted): Python {
  if (version === undefined) return pythonsFor(pythons, wanted)[0]
  const found = pythons.find((each) => each.version.startsWith(`${version}.`) && !each.freeThreaded)
  if (!found) {
    const message = `There is no CPython ${version} on this machine to build for.`
    const hint = `Set it up in an earlier step (actions/setup-python with \`python-version: "${version}"\`).`
    throw new ProblemError(error('python-missing', message, hint))
  }
  const { name, requiresPython, requiresPythonAt } = wanted
  if (allowsPython(requiresPython, found.version)) return found
  const message = `\`requires-python\` of ${name} is "${requiresPython}", so pip would refuse a wheel for Python ${found.version}.`
  const hint = `Build for a Python that it allows, or change \`requires-python\`.`
  throw new ProblemError(error('python-not-allowed', message, hint, requiresPythonAt))
}
