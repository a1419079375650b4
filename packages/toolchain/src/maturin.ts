import type { Ports } from '@slipway/core/ports'
import { parseRequirement } from '@slipway/core/python/requirement'
import { installPythonTool } from './python-tool.ts'

/** A maturin in its own virtual environment. */
export interface Maturin {
  /** Path of its executable. */
  maturin: string
  version: string
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
 * Installs maturin in a private virtual environment of the cache, or reuses the one that is installed.
 * @throws ProblemError `python-missing`, `venv-failed`, `maturin-not-installed`
 */
export async function installMaturin(ports: Ports, { specifier, cacheDir, zig }: MaturinOptions): Promise<Maturin> {
  const { venv, program, version } = await installPythonTool(ports, {
    name: 'maturin',
    program: 'maturin',
    requirements: [`maturin${zig ? '[zig]' : ''}${specifier}`],
    cacheDir,
    hint: 'Check the network and the version of maturin in `[build-system].requires` of pyproject.toml.',
  })
  // maturin's cargo-zigbuild finds the ziglang package through this Python.
  return { maturin: program, version, env: zig ? { CARGO_ZIGBUILD_PYTHON_PATH: venv.python } : {} }
}
