import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { parseWheelFilename, type WheelFilename } from '@slipway/core/python/filename'
import { sideBySide } from '@slipway/core/side-by-side'
import { findPythons, loads, type Python, pythonsFor } from '@slipway/toolchain/python'
import type { Installed } from './finding.ts'
import { type PackageSource, tryPackage } from './try-package.ts'

/** Options of testing packages. */
export interface Trial {
  /** Existing folder for the environments. */
  folder: string
  source: PackageSource
  /** Test on every supported Python instead of only the lowest. */
  every: boolean
  /**
   * Names of the built files, if known: packages without one are skipped, and a wheel for a single Python is tested on
   * it.
   */
  files?: readonly string[] | undefined
}

/**
 * Installs every package of a plan into new virtual environments with pip, imports its modules, and compares versions.
 * The package itself comes only from `source`; its dependencies come from pip's configured index.
 * @throws ProblemError when a package cannot be installed or imported, or reports another version
 */
export async function tryPackages(
  ports: Ports,
  plan: Plan,
  { folder, source, every, files }: Trial,
): Promise<Installed[]> {
  const pythons = await findPythons(ports)
  const trials = publishedPackages(plan).flatMap((planned) => {
    const wheels = files?.flatMap((each) => parseWheelFilename(each) ?? []).filter((each) => isOf(planned, each))
    if (wheels?.length === 0) return []
    const fitting = pythonsFor(pythons, planned)
    return testedPythons(planned, fitting, { every, wheels }).map((python) => ({ planned, python }))
  })
  const work = trials.map(({ planned, python }, index) => async (): Promise<Installed> => {
    const version = await tryPackage(ports, planned, { python, folder: join(folder, `python-${index}`), source })
    return { what: planned.name, where: `Python ${python.version}`, version }
  })
  return sideBySide(work, availableParallelism())
}

/** Returns whether a wheel belongs to a package. */
function isOf({ name }: PlannedPackage, { distribution }: WheelFilename): boolean {
  return normalizeName(distribution) === normalizeName(name)
}

/** Returns the Pythons to test a package on, of those that may install it. A non-abi3 wheel fits only the Python it was built for. */
function testedPythons(
  { abi3 }: PlannedPackage,
  fitting: readonly Python[],
  { every, wheels }: { every: boolean; wheels: readonly WheelFilename[] | undefined },
): readonly Python[] {
  const known = fitting.filter((each) => abi3 !== null || wheels?.some((wheel) => loads(each, wheel)))
  return every && known.length > 0 ? known : [known[0] ?? fitting[0]].flatMap((each) => each ?? [])
}
