import { join } from 'node:path'
import { parseWheelFilename, type WheelFilename } from '@slipway/artifacts/wheel-filename'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { findPythons, type Python, pythonsFor } from '@slipway/toolchain/python'
import { withoutSecrets } from '@slipway/toolchain/secrets'
import { createVenv, pip } from '@slipway/toolchain/venv'
import { expectSuccess, type Installed } from './finding.ts'
import { importScript, toldVersion } from './imports.ts'

/** Where pip is to take a package from: a file for each package, a folder of files for several platforms, or an index by its simple API. */
export type PackageSource = { file: (name: string) => string } | { folder: string } | { index: string }

/** What is tried on which Pythons. */
export interface Trial {
  /** Existing folder for the environments. */
  folder: string
  source: PackageSource
  /** On each Python that the package is for, or on the lowest only. */
  every: boolean
  /** Names of the files that were built, where that is known: what has none is not tried, and what is for one Python is tried there. */
  files?: readonly string[] | undefined
}

/** As many environments at a time: pip waits for the disk more than for the processor. */
const AT_A_TIME = 3

/**
 * Installs every package of a plan into new virtual environments with pip, imports what it must provide, and compares
 * versions. A package itself comes from `source` and nowhere else; what it depends on, from where pip is set up to look.
 * @throws ProblemError when one cannot be installed or imported, or says another version
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
    return chosen(planned, fitting, { every, wheels }).map((python) => ({ planned, python }))
  })
  const results: Installed[] = []
  const queue = [...trials.entries()]
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, { planned, python }] = next
      results[index] = await tryPackage(ports, planned, python, join(folder, `python-${index}`), source)
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, work))
  return results
}

/** Whether a wheel is of a package. */
function isOf({ name }: PlannedPackage, { distribution }: WheelFilename): boolean {
  return normalizeName(distribution) === normalizeName(name)
}

/** The Pythons to try a package on. A wheel that is not abi3 is for one Python: the one that it was built for. */
function chosen(
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

/** What pip is told of where a package is, and of nowhere else. */
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
    const hint = 'A wheel that does not fit this Python or platform is not seen by pip at all: compare its file name.'
    expectSuccess(await pip(ports, venv, ['install', ...args]), `pip install ${exact} (${where})`, hint)
  }
  await install('--no-cache-dir', '--no-deps', '--only-binary', ':all:', ...pipSource(source, planned.name, exact))
  // Now that it is there, pip only adds what it depends on.
  await install(exact)
  const env = withoutSecrets(ports.env)
  const imported = await ports.exec({ argv: [venv.python, ...importScript(planned)], cwd: folder, env })
  expectSuccess(
    imported,
    `import ${planned.imports.join(', ')} (${where})`,
    'Check that the wheel holds these modules.',
  )
  return { what: planned.name, where, version: toldVersion(planned, imported.stdout) }
}
