import { join } from 'node:path'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { findPythons, type Python, pythonsFor } from '@slipway/toolchain/python'
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
}

/** As many environments at a time: pip waits for the disk more than for the processor. */
const AT_A_TIME = 3

/**
 * Installs every package of a plan into new virtual environments with pip, imports what it must provide, and compares
 * versions. A package itself comes from `source` and nowhere else; what it depends on, from where pip is set up to look.
 * @throws ProblemError when one cannot be installed or imported, or says another version
 */
export async function tryPackages(ports: Ports, plan: Plan, { folder, source, every }: Trial): Promise<Installed[]> {
  const pythons = await findPythons(ports)
  const trials = publishedPackages(plan).flatMap((planned) => {
    const fitting = pythonsFor(pythons, planned)
    // A wheel that is not abi3 is for one Python: the one that it was built for.
    const chosen = every && planned.abi3 !== null ? fitting : fitting.slice(0, 1)
    return chosen.map((python) => ({ planned, python }))
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
  const imported = await ports.exec({ argv: [venv.python, ...importScript(planned)], cwd: folder })
  expectSuccess(
    imported,
    `import ${planned.imports.join(', ')} (${where})`,
    'Check that the wheel holds these modules.',
  )
  return { what: planned.name, where, version: toldVersion(planned, imported.stdout) }
}
