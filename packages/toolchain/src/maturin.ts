import type { Ports } from '@slipway/core/ports'
import { installPythonTool } from './python-tool.ts'

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

/**
 * Maturin in a private virtual environment of the cache, installed when it is not there yet.
 * @throws ProblemError `python-missing`, `venv-failed`, `maturin-not-installed`
 */
export async function installMaturin(ports: Ports, { specifier, cacheDir, zig }: MaturinOptions): Promise<Maturin> {
  const { venv, program, version } = await installPythonTool(ports, {
    name: 'maturin',
    program: 'maturin',
    requirement: `maturin${zig ? '[zig]' : ''}${specifier}`,
    cacheDir,
    hint: 'Check the network and the version of maturin in `[build-system].requires` of pyproject.toml.',
  })
  // cargo-zigbuild, within maturin, finds the ziglang package through this Python.
  return { maturin: program, version, env: zig ? { CARGO_ZIGBUILD_PYTHON_PATH: venv.python } : {} }
}
