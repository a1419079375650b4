import { join } from 'node:path'
import type { PackageTests } from '@slipway/core/package-build'
import type { PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { shellCommand } from '@slipway/toolchain/command'
import type { Python } from '@slipway/toolchain/python'
import { withoutSecrets } from '@slipway/toolchain/secrets'
import { activate, createVenv, pip } from '@slipway/toolchain/venv'
import { expectSuccess } from './finding.ts'
import { importScript, reportedVersion, requirementsScript } from './imports.ts'

/** Source of a package for pip: a file, a folder of files for several platforms, or the simple API of an index. */
export type PackageSource = { file: string } | { folder: string } | { index: string }

/** What a project tests on each installed package. */
export interface PackageTest extends PackageTests {
  /** The project's folder, absolute. */
  project: string
}

/** Where and how to try a package. */
export interface PackageTrial {
  python: Python
  /** Folder for its environment; must not exist, but its parent. */
  folder: string
  source: PackageSource
  test?: PackageTest | undefined
}

/** Returns the pip arguments for a package from one source only. */
function pipSource(source: PackageSource, exact: string): string[] {
  if ('file' in source) return [source.file]
  if ('folder' in source) return ['--no-index', '--find-links', source.folder, exact]
  return ['--index-url', source.index, exact]
}

/** Returns the shell command of a package's test, with the folders of the sources in place of their names; undefined if none. */
export function commandOf({ test: own, path }: PlannedPackage, test: PackageTest): string | undefined {
  const { command } = { ...own, ...test }
  return command?.replaceAll('{project}', test.project).replaceAll('{package}', join(test.project, path))
}

/**
 * Installs a package into a new virtual environment with pip, imports its modules, compares its version and runs the
 * project's test. The package itself comes only from `source`; its dependencies come from pip's configured index.
 * @returns the version that it reports
 * @throws ProblemError `verification-failed`, `installed-version-differs`
 */
export async function tryPackage(
  ports: Ports,
  planned: PlannedPackage,
  { python, folder, source, test }: PackageTrial,
): Promise<string> {
  const where = `Python ${python.version}`
  const venv = await createVenv(ports, python, folder)
  const { name, version, imports } = planned
  const install = async (...args: string[]) => {
    const hint = 'Check the file name of the wheel: pip ignores one that does not fit this Python or platform.'
    expectSuccess(await pip(ports, venv, ['install', ...args]), `pip install ${args.at(-1)} (${where})`, hint)
  }
  const exact = `${name}==${version}`
  await install('--no-cache-dir', '--no-deps', '--only-binary', ':all:', ...pipSource(source, exact))
  const env = withoutSecrets(ports.env)
  const run = async (script: readonly string[], what: string) => {
    const finished = await ports.exec({ argv: [venv.python, ...script], cwd: folder, env })
    expectSuccess(finished, `${what} (${where})`, 'Check that the wheel contains these modules.')
    return finished.stdout
  }
  const requirements = await run(requirementsScript(planned), `Reading the metadata of ${exact}`)
  const { extras = [], requires = [] } = test ? { ...planned.test, ...test } : {}
  const withExtras = extras.length === 0 ? exact : `${name}[${extras.join(',')}]==${version}`
  // The package is installed, so pip only adds its dependencies.
  if (requirements.trim() !== '' || extras.length > 0 || requires.length > 0) await install(...requires, withExtras)
  const reported = reportedVersion(planned, await run(importScript(planned), `import ${imports.join(', ')}`))
  const command = test && commandOf(planned, test)
  if (command !== undefined) {
    const finished = await ports.exec({
      argv: shellCommand(command),
      cwd: folder,
      env: { ...env, ...activate(venv, ports.env) },
      onLine: ports.log.info,
    })
    expectSuccess(finished, `The test command of ${name} (${where})`, 'Fix the package, or `test-command`.')
  }
  return reported
}
