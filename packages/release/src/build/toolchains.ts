import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { requirementsOfBackend } from '@slipway/project/python/package'
import { cacheDir } from '@slipway/toolchain/cache'
import { installMaturin, type Maturin, requiredMaturin } from '@slipway/toolchain/maturin'
import { bestPython, findPythons } from '@slipway/toolchain/python'
import { findRust } from '@slipway/toolchain/rust'
import { planRelease } from '../plan/plan.ts'

/** The tools of a job, by the output names of setup-toolchains. */
export interface Toolchains {
  'rust-version': string
  /** Target triple of this machine. */
  host: string
  'python-version': string
  python: string
  /** Empty if maturin builds no package. */
  'maturin-version': string
  maturin: string
}

/**
 * Finds Rust and Python, and installs the maturin that the project requires.
 * @throws ProblemError when a tool is missing
 */
export async function setUpToolchains(
  ports: Ports,
  dir: string,
  { zig, tag }: { zig: boolean; tag?: string | undefined },
): Promise<Toolchains> {
  const { packages } = await planRelease(ports, dir, { tag })
  const rust = await findRust(ports, dir)
  const python = bestPython(await findPythons(ports))
  const built = packages.find((each) => each.backend === 'maturin' && each.prebuilt === undefined)
  const maturin = built ? await maturinFor(ports, join(dir, built.path), zig) : null
  return {
    'rust-version': rust.rustcVersion,
    host: rust.host,
    'python-version': python.version,
    python: python.path,
    'maturin-version': maturin?.version ?? '',
    maturin: maturin?.maturin ?? '',
  }
}

/**
 * Installs the maturin that a package's pyproject.toml requires.
 * @param folder of the pyproject.toml, absolute
 * @throws ProblemError
 */
export async function maturinFor(ports: Ports, folder: string, zig: boolean): Promise<Maturin> {
  const specifier = requiredMaturin(await requirementsOfBackend(folder)) ?? ''
  return installMaturin(ports, { specifier, cacheDir: cacheDir(ports.env), zig: zig && process.platform === 'linux' })
}
