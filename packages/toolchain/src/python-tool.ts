import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { mustSucceed } from './command.ts'
import { bestPython, findPythons, type Python } from './python.ts'
import { createVenv, pip, programOf, type Venv, venvIn } from './venv.ts'

/** A tool written in Python, in its own virtual environment. */
export interface PythonTool {
  venv: Venv
  /** Its executable. */
  program: string
  version: string
}

/** Which tool, and where it is kept. */
export interface PythonToolOptions {
  /** Its name, which the Problem has too: `maturin`. */
  name: string
  /** Its executable. */
  program: string
  /** What pip is to install (PEP 508): `maturin[zig]>=1.7,<2.0`. */
  requirement: string
  /** `cacheDir(env)`, or a folder of the caller's. */
  cacheDir: string
  /** What to do when pip cannot install it. */
  hint: string
  /** The Python that runs it; without it, the lowest that can. */
  python?: Python | undefined
}

function keyOf({ name, requirement }: PythonToolOptions, python: Python): string {
  const identity = JSON.stringify([requirement, python.path, python.version])
  return `${name}-${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`
}

/** Its version, by the second word of what `--version` prints; null when it does not run. */
async function versionOf({ exec }: Ports, venv: Venv, program: string): Promise<string | null> {
  const finished = await exec({ argv: [programOf(venv, program), '--version'], cwd: venv.folder }).catch(() => null)
  return (finished?.code === 0 && /^\S+ (\S+)/.exec(finished.stdout)?.[1]) || null
}

/** The environment that a pointer file names, with its tool's version, when it is there and works. */
async function pointedAt(
  ports: Ports,
  { cacheDir, program }: PythonToolOptions,
  pointer: string,
): Promise<{ venv: Venv; version: string } | null> {
  const name = await readFile(pointer, 'utf8').catch(() => '')
  if (name === '') return null
  const venv = venvIn(join(cacheDir, basename(name.trim())))
  const version = await versionOf(ports, venv, program)
  return version === null ? null : { venv, version }
}

async function install(ports: Ports, options: PythonToolOptions, python: Python, folder: string) {
  const { name, program, requirement, hint } = options
  ports.log.info(`Installing ${requirement} for Python ${python.version}`)
  const venv = await createVenv(ports, python, folder)
  const words = { code: `${name}-not-installed`, what: `pip could not install ${requirement}`, hint }
  mustSucceed(await pip(ports, venv, ['install', '--quiet', '--only-binary', ':all:', requirement]), words)
  const version = await versionOf(ports, venv, program)
  if (version === null) throw new Error(`${requirement} was installed but does not run`)
  return { venv, version }
}

/**
 * A tool in a private virtual environment of the cache, installed when it is not there yet.
 *
 * An environment holds absolute paths and cannot be moved, so each is made in a folder of its own and then named by a
 * small pointer file, which is renamed into place: a killed installation is never seen, and of two at the same time
 * one is used.
 * @throws ProblemError `python-missing`, `venv-failed`, `NAME-not-installed`
 */
export async function installPythonTool(ports: Ports, options: PythonToolOptions): Promise<PythonTool> {
  const python = options.python ?? bestPython(await findPythons(ports))
  const key = keyOf(options, python)
  const pointer = join(options.cacheDir, `${key}.txt`)
  let ready = await pointedAt(ports, options, pointer)
  if (ready === null) {
    await mkdir(options.cacheDir, { recursive: true })
    const name = `${key}-${randomUUID().slice(0, 8)}`
    const folder = join(options.cacheDir, name)
    try {
      ready = await install(ports, options, python, folder)
      await writeFile(`${folder}.txt`, name)
      await rename(`${folder}.txt`, pointer)
    } catch (thrown) {
      await rm(folder, { recursive: true, force: true })
      throw thrown
    }
  }
  return { ...ready, program: programOf(ready.venv, options.program) }
}
