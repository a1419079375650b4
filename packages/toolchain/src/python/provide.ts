import { dirname, sep } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { interpreterTitle, parseInterpreter } from '@slipway/core/python/interpreter'
import { toolCache } from '../cache.ts'
import { findPythons, forgetPythons, isOfVersion, isUsual, type Python } from '../python.ts'
import { pyenvRoot } from './candidates.ts'
import { installPython } from './install.ts'
import { libraryFolder, withPythonLibraries } from './libraries.ts'
import {
  buildOf,
  describeMachine,
  lowestAllowed,
  type ManifestVersion,
  type PythonBuild,
  type PythonMachine,
  pythonMachine,
  readManifest,
} from './manifest.ts'

/** A Python of the job. */
export interface ProvidedPython {
  python: Python
  /** Where it came from, for people: `tool cache`. */
  from: string
  /** Whether this run installed it. */
  isNew: boolean
  /** The folder of its shared library if it does not find that by itself; otherwise null. */
  libraries: string | null
}

/** Returns where an installed Python is from, for people. */
export function originOf(env: Ports['env'], { path }: Python): string {
  const isBelow = (folder: string) => path.startsWith(folder + sep)
  if (isBelow(toolCache(env)) || (env.RUNNER_TOOL_CACHE && isBelow(env.RUNNER_TOOL_CACHE))) return 'tool cache'
  if (env.pythonLocation && isBelow(env.pythonLocation)) return 'earlier step'
  return isBelow(pyenvRoot(env)) ? 'pyenv' : dirname(path)
}

/** Chooses a Python among those that can be installed. */
type Choose = (manifest: readonly ManifestVersion[], machine: PythonMachine) => PythonBuild | null

async function install(ports: Ports, url: string, what: string, choose: Choose): Promise<void> {
  const machine = await pythonMachine()
  const build = choose(await readManifest(ports, url), machine)
  if (build === null) {
    const message = `${what} is not on this machine, and actions/python-versions has no build of it for ${describeMachine(machine)}.`
    const hint = 'Install it on the runner, or use a runner with Ubuntu, RHEL, macOS or Windows, which have builds.'
    throw new ProblemError(error('python-missing', message, hint))
  }
  await installPython(ports, build)
  forgetPythons(ports)
}

/** Chooses a Python among those on this machine. */
type PickPython = (pythons: readonly Python[]) => Python | undefined

/** Finds a Python, of the tool cache also if it does not find its shared library by itself. */
async function find(ports: Ports, pick: PickPython): Promise<Omit<ProvidedPython, 'isNew'> | null> {
  const plain = pick(await findPythons(ports))
  if (plain) return { python: plain, from: originOf(ports.env, plain), libraries: null }
  const helped = await withPythonLibraries(ports)
  const python = helped && pick(await findPythons(helped))
  return python ? { python, from: originOf(ports.env, python), libraries: libraryFolder(python) } : null
}

/** Finds a Python, or installs one. */
async function provide(
  ports: Ports,
  url: string,
  what: string,
  pick: PickPython,
  choose: Choose,
): Promise<ProvidedPython> {
  const present = await find(ports, pick)
  if (present) return { ...present, isNew: false }
  await install(ports, url, what, choose)
  const installed = await find(ports, pick)
  if (installed) return { ...installed, from: 'installed from actions/python-versions', isNew: true }
  const message = `${what} was installed, but does not run here.`
  throw new ProblemError(error('python-missing', message, 'Look for errors of its setup script with debug logging.'))
}

/**
 * Returns a Python of a version, `3.12`, `3.14t` or `pypy3.11`: the newest on this machine, else one that it installs, unless it
 * is PyPy.
 * @param url the manifest of the Pythons that can be installed
 * @throws ProblemError `python-missing`
 */
export async function providePython(ports: Ports, version: string, url: string): Promise<ProvidedPython> {
  const pick: PickPython = (pythons) => pythons.findLast((each) => isOfVersion(each, version))
  if (parseInterpreter(version)?.implementation === 'pypy') {
    const found = await find(ports, pick)
    if (found) return { ...found, isNew: false }
    const message = `${interpreterTitle(version)} is not on this machine, and Slipway installs CPython alone.`
    const hint = `Use a runner that has it, as GitHub's have PyPy's maintained version, or set it up before (actions/setup-python with \`python-version: "${version}"\`).`
    throw new ProblemError(error('python-missing', message, hint))
  }
  return provide(ports, url, `Python ${version}`, pick, (manifest, machine) => buildOf(manifest, machine, version))
}

/**
 * Returns the lowest Python on this machine that `allows` accepts and that can create virtual environments, else one that it
 * installs.
 * @param what the need, for messages: `A Python for heron (requires-python ">=3.13")`
 * @throws ProblemError `python-missing`
 */
export async function provideAllowed(
  ports: Ports,
  what: string,
  url: string,
  allows: (version: string) => boolean,
): Promise<ProvidedPython> {
  const pick: PickPython = (pythons) => pythons.find((each) => each.venv && isUsual(each) && allows(each.version))
  return provide(ports, url, what, pick, (manifest, machine) => lowestAllowed(manifest, machine, allows))
}
