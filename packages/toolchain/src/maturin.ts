import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { mustSucceed } from './command.ts'
import { bestPython, findPythons, type Python } from './python.ts'
import { createVenv, pip, programOf, type Venv, venvIn } from './venv.ts'

/** A maturin in its own virtual environment. */
export interface Maturin {
  /** Its executable. */
  maturin: string
  version: string
  /** What it needs in its environment, as an overlay for `Command.env`. */
  env: Record<string, string | undefined>
}

/** Which maturin, and where it is kept. */
export interface MaturinOptions {
  /** Of pyproject.toml (PEP 440), by `requiredMaturin`: `>=1.7,<2.0`; empty for any. */
  specifier: string
  /** `cacheDir(env)`, or a folder of the caller's. */
  cacheDir: string
  /** Whether zig comes with it, as the linker for old versions of glibc. */
  zig: boolean
}

/**
 * The version of maturin that a project asks for in `[build-system].requires` (PEP 508): `maturin[zig]>=1.7,<2` asks
 * for `>=1.7,<2`, plain `maturin` for the empty specifier.
 * @returns null when maturin is not among the requirements
 */
export function requiredMaturin(requires: readonly string[]): string | null {
  for (const requirement of requires) {
    const [, rest] = /^\s*maturin\s*(?:\[[^\]]*\])?\s*(?![\w.-])([^;]*)/i.exec(requirement) ?? []
    if (rest !== undefined)
      return rest
        .trim()
        .replace(/^\((.*)\)$/, '$1')
        .replace(/\s+/g, '')
  }
  return null
}

function keyOf({ specifier, zig }: MaturinOptions, python: Python): string {
  const identity = JSON.stringify([specifier, zig, python.path, python.version])
  return `maturin-${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`
}

async function versionOf({ exec }: Ports, venv: Venv): Promise<string | null> {
  const finished = await exec({ argv: [programOf(venv, 'maturin'), '--version'], cwd: venv.folder }).catch(() => null)
  return (finished?.code === 0 && /^maturin (\S+)/.exec(finished.stdout)?.[1]) || null
}

/** The environment that a pointer file names, with its maturin's version, when it is there and works. */
async function pointedAt(
  ports: Ports,
  cache: string,
  pointer: string,
): Promise<{ venv: Venv; version: string } | null> {
  const name = await readFile(pointer, 'utf8').catch(() => '')
  if (name === '') return null
  const venv = venvIn(join(cache, basename(name.trim())))
  const version = await versionOf(ports, venv)
  return version === null ? null : { venv, version }
}

async function install(ports: Ports, { specifier, zig }: MaturinOptions, python: Python, folder: string) {
  const requirement = `maturin${zig ? '[zig]' : ''}${specifier}`
  ports.log.info(`Installing ${requirement} for Python ${python.version}`)
  const venv = await createVenv(ports, python, folder)
  const words = {
    code: 'maturin-not-installed',
    what: `pip could not install ${requirement}`,
    hint: 'Check the network and the version of maturin in `[build-system].requires` of pyproject.toml.',
  }
  mustSucceed(await pip(ports, venv, ['install', '--quiet', '--only-binary', ':all:', requirement]), words)
  const version = await versionOf(ports, venv)
  if (version === null) throw new Error(`${requirement} was installed but does not run`)
  return { venv, version }
}

/**
 * Maturin in a private virtual environment of the cache, installed when it is not there yet.
 *
 * An environment holds absolute paths and cannot be moved, so each is made in a folder of its own and then named by a
 * small pointer file, which is renamed into place: a killed installation is never seen, and of two at the same time
 * one is used.
 * @throws ProblemError `python-missing`, `venv-failed`, `maturin-not-installed`
 */
export async function installMaturin(ports: Ports, options: MaturinOptions): Promise<Maturin> {
  const python = bestPython(await findPythons(ports))
  const key = keyOf(options, python)
  const pointer = join(options.cacheDir, `${key}.txt`)
  let ready = await pointedAt(ports, options.cacheDir, pointer)
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
  const { venv, version } = ready
  // cargo-zigbuild, within maturin, finds the ziglang package through this Python.
  const env = options.zig ? { CARGO_ZIGBUILD_PYTHON_PATH: venv.python } : {}
  return { maturin: programOf(venv, 'maturin'), version, env }
}
