import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { parseWheelFilename, type WheelFilename } from '@slipway/core/python/filename'
import { sideBySide } from '@slipway/core/side-by-side'
import { findPythons, type Python, pythonsFor } from '@slipway/toolchain/python'
import { withoutSecrets } from '@slipway/toolchain/secrets'
import { createVenv, pip } from '@slipway/toolchain/venv'
import { expectSuccess, type Installed } from './finding.ts'
import { importScript, reportedVersion, requirementsScript } from './imports.ts'

/**
 * Source of a package for pip: one file per package, a folder of files for several platforms, or the simple API of an
 * index.
 */
export type PackageSource = { file: (name: string) => string } | { folder: string } | { index: string }

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
  const work = trials.map(({ planned, python }, index) => () => {
    return tryPackage(ports, planned, python, join(folder, `python-${index}`), source)
  })
  return sideBySide(work, availableParallelism())
}

/** Returns whether a wheel belongs to a package. */
function isOf({ name }: PlannedPackage, { distribution }: WheelFilename): boolean {
  return normalizeName(distribution) === normalizeName(name)
}

/** Returns the Pythons to test a package on. A non-abi3 wheel fits only the Python it was built for. */
function testedPythons(
  { abi3 }: PlannedPackage,
  fitting: readonly Python[],
  { every, wheels }: { every: boolean; wheels: readonly WheelFilename[] | undefined },
): readonly Python[] {
  if (abi3 !== null) return every ? fitting : fitting.slice(0, 1)
  const tags = wheels?.flatMap((each) => each.pythonTags) ?? []
  const isFor = ({ version }: Python) => {
    const [major, minor] = version.split('.')
    return tags.some((tag) => tag === `cp${major}${minor}` || tag === `py${major}`)
  }
  const built = fitting.filter(isFor)
  return built.length > 0 && every ? built : [built[0] ?? fitting[0]].flatMap((each) => each ?? [])
}

/** Returns the pip arguments for a package from one source only. */
function pipSource(source: PackageSource, name: string, exact: string): string[] {
  if ('file' in source) return [source.file(name)]
  if ('folder' in source) return ['--no-index', '--find-links', source.folder, exact]
  return ['--index-url', source.index, exact]
}

async function tryPackage(
  ports: Ports,
  planned: PlannedPackage,
  python: Python,
  folder: string,
  source: PackageSource,
): Promise<Installed> {
  const where = `Python ${python.version}`
  const venv = await createVenv(ports, python, folder)
  const exact = `${planned.name}==${planned.version}`
  const install = async (...args: string[]) => {
    const hint = 'Check the file name of the wheel: pip ignores one that does not fit this Python or platform.'
    expectSuccess(await pip(ports, venv, ['install', ...args]), `pip install ${exact} (${where})`, hint)
  }
  await install('--no-cache-dir', '--no-deps', '--only-binary', ':all:', ...pipSource(source, planned.name, exact))
  const env = withoutSecrets(ports.env)
  const run = async (script: readonly string[], what: string) => {
    const finished = await ports.exec({ argv: [venv.python, ...script], cwd: folder, env })
    expectSuccess(finished, `${what} (${where})`, 'Check that the wheel contains these modules.')
    return finished.stdout
  }
  const requirements = await run(requirementsScript(planned), `Reading the metadata of ${exact}`)
  // The package is installed, so pip only adds its dependencies.
  if (requirements.trim() !== '') await install(exact)
  const imported = await run(importScript(planned), `import ${planned.imports.join(', ')}`)
  return { what: planned.name, where, version: reportedVersion(planned, imported) }
}
