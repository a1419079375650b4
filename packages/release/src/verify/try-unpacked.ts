import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { lastLines } from '@slipway/toolchain/command'
import type { Emulator, Session } from '@slipway/toolchain/executor/emulator'
import { type Installation, installFor } from '@slipway/toolchain/executor/install-for'
import type { Python } from '@slipway/toolchain/python'
import { withoutSecrets } from '@slipway/toolchain/secrets'
import { createVenv } from '@slipway/toolchain/venv'
import { expectSuccess } from './finding.ts'
import { reportedVersion, unpackedImports, unpackedRequirements } from './imports.ts'
import { commandOf, type PackageTest } from './try-package.ts'

/** Where and how to try an unpacked wheel. */
export interface UnpackedTrial {
  emulator: Emulator
  /** One of the emulator's Pythons. */
  python: Python
  /** The Python of this machine whose pip unpacks the wheels. */
  installer: Python
  /** Folder for everything; must not exist, but its parent. */
  folder: string
  /** Absolute path of the wheel. */
  wheel: string
  test?: PackageTest | undefined
}

/**
 * Unpacks a wheel and its dependencies for an emulator's Python, imports its modules there, compares its version and runs the
 * project's test. The wheel's own environment is a folder: pip itself runs on this machine, which is faster and needs no
 * network in a container.
 * @returns null; why it could not be tried, if its dependencies have no wheels for this Python
 * @throws ProblemError `verification-failed`, `installed-version-differs`, and those of `Emulator.open`
 */
export async function tryUnpacked(ports: Ports, planned: PlannedPackage, trial: UnpackedTrial): Promise<string | null> {
  const { emulator, python, folder, test } = trial
  const where = `Python ${python.version}, ${emulator.label}`
  await mkdir(folder)
  const unpacked = await unpack(ports, planned, trial, where)
  if ('reason' in unpacked) return unpacked.reason
  const { site } = unpacked
  const session = await emulator.open(python, { folder, site, project: test?.project })
  try {
    await importFrom(session, planned, { folder, site, where })
    const command = test && commandOf(planned, test)
    if (command === undefined) return null
    const finished = await session.shell(command, ports.log.info)
    expectSuccess(finished, `The test command of ${planned.name} (${where})`, 'Fix the package, or `test-command`.')
    return null
  } finally {
    await session.close()
  }
}

/** Unpacks a wheel, with what it requires if that is not nothing; returns the folder, or why its dependencies cannot be had. */
async function unpack(
  ports: Ports,
  planned: PlannedPackage,
  { emulator, python, installer, folder, wheel, test }: UnpackedTrial,
  where: string,
): Promise<{ site: string } | { reason: string }> {
  const venv = await createVenv(ports, installer, join(folder, 'pip'))
  const alone = join(folder, 'wheel')
  const to = (target: string): Installation => ({ venv, emulator, python, target })
  const installed = await installFor(ports, to(alone), ['--no-cache-dir', '--no-deps', wheel])
  const hint = 'Check the file name of the wheel: pip ignores one that does not fit this Python or platform.'
  expectSuccess(installed, `pip install ${wheel} (${where})`, hint)
  const argv = [venv.python, ...unpackedRequirements(planned, alone)] as const
  const listed = await ports.exec({ argv: [...argv], cwd: folder, env: withoutSecrets(ports.env) })
  expectSuccess(listed, `Reading the metadata of ${wheel}`, 'Build the wheel again.')
  const { extras = [], requires = [] } = test ? { ...planned.test, ...test } : {}
  if (listed.stdout.trim() === '' && extras.length === 0 && requires.length === 0) return { site: alone }
  const withExtras = extras.length === 0 ? wheel : `${wheel}[${extras.join(',')}]`
  const site = join(folder, 'site')
  const all = await installFor(ports, to(site), [...requires, withExtras])
  if (all.code === 0) return { site }
  ports.log.info(lastLines(all))
  const last = lastLines(all).split('\n').at(-1)
  return { reason: `pip found no wheels of its dependencies for ${where}: ${last}` }
}

async function importFrom(
  session: Session,
  planned: PlannedPackage,
  { folder, site, where }: { folder: string; site: string; where: string },
): Promise<void> {
  const file = join(folder, 'import.py')
  const { text, args } = unpackedImports(planned, session.path(site))
  await writeFile(file, text)
  const finished = await session.python(['-I', session.path(file), ...args])
  const what = `import ${planned.imports.join(', ')} (${where})`
  expectSuccess(
    finished,
    what,
    'Check that the wheel contains these modules, and that the system has the libraries they need.',
  )
  reportedVersion(planned, finished.stdout)
}
