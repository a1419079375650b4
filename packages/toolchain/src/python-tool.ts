import { createHash, randomUUID } from 'node:crypto'
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { mustSucceed } from './command.ts'
import { bestPython, findPythons, type Python } from './python.ts'
import { createVenv, pip, programOf, type Venv, venvIn } from './venv.ts'

/** A tool written in Python, in its own virtual environment. */
export interface PythonTool {
  venv: Venv
  /** Path of its executable. */
  program: string
  version: string
  /** Whether this run installed it; otherwise it was in the cache. */
  isNew: boolean
}

/** Options of `installPythonTool`. */
export interface PythonToolOptions {
  /** The tool's name, a part of its Problem code; `maturin`, for example. */
  name: string
  /** Name of its executable. */
  program: string
  /** The requirements for pip (PEP 508), the tool's first: `maturin[zig]>=1.7,<2.0`. */
  requirements: readonly [string, ...string[]]
  /** `cacheDir(env)`, or the caller's folder. */
  cacheDir: string
  /** The hint of the Problem when pip cannot install the tool. */
  hint: string
  /** false: its executable has no `--version`, so Python is asked for the version of the distribution `name`. */
  hasVersionFlag?: boolean
  /** The Python that runs the tool; by default `bestPython`. */
  python?: Python | undefined
}

/** Returns the name of a tool's environment in the cache. Any Python will do unless the caller gives one. */
function keyOf({ name, requirements, python }: PythonToolOptions): string {
  const identity = JSON.stringify([requirements.join(' '), python?.path, python?.version])
  return `${name}-${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`
}

const ASK_METADATA = 'import sys, importlib.metadata as m; print(sys.argv[1], m.version(sys.argv[1]))'

/** Returns the tool's version, the second word that `--version` prints; null when the tool does not run. */
async function versionOf(
  { exec }: Ports,
  venv: Venv,
  { name, program, hasVersionFlag = true }: PythonToolOptions,
): Promise<string | null> {
  const argv = hasVersionFlag
    ? ([programOf(venv, program), '--version'] as const)
    : ([venv.python, '-I', '-c', ASK_METADATA, name] as const)
  const finished = await exec({ argv, cwd: venv.folder }).catch(() => null)
  return (finished?.code === 0 && /^\S+ (\S+)/.exec(finished.stdout)?.[1]) || null
}

/** Returns the environment that a pointer file names, with the tool's version; null when it is missing or broken. */
async function pointedAt(
  ports: Ports,
  options: PythonToolOptions,
  pointer: string,
): Promise<{ venv: Venv; version: string } | null> {
  const name = await readFile(pointer, 'utf8').catch(() => '')
  if (name === '') return null
  const venv = venvIn(join(options.cacheDir, basename(name.trim())))
  // A link to the Python that made the environment, which may be gone although the tool itself still runs.
  if (await access(venv.python).catch(() => true)) return null
  const version = await versionOf(ports, venv, options)
  return version === null ? null : { venv, version }
}

async function install(ports: Ports, options: PythonToolOptions, python: Python, folder: string) {
  const { name, requirements, hint } = options
  const wanted = requirements.join(' and ')
  ports.log.info(`Installing ${wanted} for Python ${python.version}`)
  const venv = await createVenv(ports, python, folder)
  const failure = { code: `${name}-not-installed`, what: `pip could not install ${wanted}`, hint }
  mustSucceed(await pip(ports, venv, ['install', '--quiet', '--only-binary', ':all:', ...requirements]), failure)
  const version = await versionOf(ports, venv, options)
  if (version === null) throw new Error(`${wanted} was installed but does not run`)
  return { venv, version }
}

/** Returns the tool if the cache has it and it runs, or null. */
export async function cachedPythonTool(ports: Ports, options: PythonToolOptions): Promise<PythonTool | null> {
  const found = await pointedAt(ports, options, join(options.cacheDir, `${keyOf(options)}.txt`))
  return found && { ...found, program: programOf(found.venv, options.program), isNew: false }
}

/**
 * Installs a tool in a private virtual environment of the cache, or reuses the one that is installed.
 *
 * An environment contains absolute paths and cannot be moved. So each one gets a unique folder, and a small pointer file,
 * renamed into place, names the current one: an interrupted installation is never used, and of two concurrent ones,
 * one wins.
 * @throws ProblemError `python-missing`, `venv-failed`, `NAME-not-installed`
 */
export async function installPythonTool(ports: Ports, options: PythonToolOptions): Promise<PythonTool> {
  const cached = await cachedPythonTool(ports, options)
  if (cached) return cached
  const python = options.python ?? bestPython(await findPythons(ports))
  await mkdir(options.cacheDir, { recursive: true })
  const key = keyOf(options)
  const name = `${key}-${randomUUID().slice(0, 8)}`
  const folder = join(options.cacheDir, name)
  try {
    const installed = await install(ports, options, python, folder)
    await writeFile(`${folder}.txt`, name)
    await rename(`${folder}.txt`, join(options.cacheDir, `${key}.txt`))
    return { ...installed, program: programOf(installed.venv, options.program), isNew: true }
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true })
    throw thrown
  }
}
