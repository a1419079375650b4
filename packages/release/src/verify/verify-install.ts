import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readManifest } from '@slipway/artifacts/manifest'
import type { Ports } from '@slipway/core/ports'
import { sandboxOf } from '@slipway/core/sandbox'
import { endpointsOf } from '@slipway/registries/endpoints'
import type { SOURCES } from '../job/choices.ts'
import type { JobOptions } from '../job/options.ts'
import { scratchFolder } from '../job/scratch.ts'
import { type Job, startJob } from '../job/start.ts'
import type { Installed } from './finding.ts'
import { tryPackages } from './wheel.ts'

/** Options of the test installation. */
export interface VerifyInstallOptions extends JobOptions {
  from: (typeof SOURCES)[number]
}

/** A job that installs the release, and the packages it has installed. */
export interface VerifyInstallJob extends Job {
  installed: readonly Installed[]
}

/**
 * Installs every Python package of the release like a user, imports it, and compares its version: from the built files
 * on the lowest supported Python, from an index on every installed one. Runs code of the project and its dependencies,
 * so the job must hold no secret.
 */
export function verifyInstall(ports: Ports, options: VerifyInstallOptions): VerifyInstallJob {
  const { from, manifest } = options
  const installed: Installed[] = []
  const act = async (run: { plan: Parameters<typeof tryPackages>[1] }) => {
    const built = (await readManifest(dirname(manifest)))?.artifacts.map((each) => each.filename)
    if (from === 'files' && built === undefined && sandboxOf(ports.env)) {
      ports.log.info('Not rehearsed: nothing was built on this machine.')
      return
    }
    const folder = join(await scratchFolder(ports, 'install'), 'environments')
    await mkdir(folder)
    const source = from === 'files' ? { folder: dirname(manifest) } : { index: endpointsOf(ports.env)[from].simple }
    installed.push(...(await tryPackages(ports, run.plan, { folder, source, every: from !== 'files', files: built })))
  }
  const step = from === 'files' ? 'try' : from === 'testpypi' ? 'install' : 'verify'
  return { ...startJob(ports, options, { steps: ['plan', step], own: [], site: { [step]: act } }), installed }
}
