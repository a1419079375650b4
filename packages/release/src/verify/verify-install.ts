import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readManifest } from '@slipway/artifacts/manifest'
import type { Artifact } from '@slipway/core/artifact'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { failOnErrors } from '@slipway/core/problem'
import { sandboxOf } from '@slipway/core/sandbox'
import { endpointsOf } from '@slipway/registries/endpoints'
import type { SOURCES } from '../job/choices.ts'
import type { JobOptions } from '../job/options.ts'
import { scratchFolder } from '../job/scratch.ts'
import { type Job, startJob } from '../job/start.ts'
import { executeWheels, neverExecuted, unexecuted } from './execute-wheels.ts'
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
 * Installs the built wheels that run on this machine.
 * @throws ProblemError also for a package that has wheels, none of which runs here
 */
async function installFiles(
  ports: Ports,
  plan: Plan,
  built: readonly Artifact[],
  folder: string,
): Promise<Installed[]> {
  const wheels = await executeWheels(ports, plan, built, { folder, pythons: 'lowest' })
  failOnErrors(unexecuted(neverExecuted(wheels)))
  return wheels.flatMap(({ project, version, executed = [] }) =>
    executed.flatMap(({ pythons }) => pythons.map((each) => ({ what: project, where: `Python ${each}`, version }))),
  )
}

/**
 * Installs every Python package of the release like a user, imports it, and compares its version: from the built files
 * on the lowest supported Python, from an index on every installed one. Runs code of the project and its dependencies,
 * so the job must hold no secret.
 */
export function verifyInstall(ports: Ports, options: VerifyInstallOptions): VerifyInstallJob {
  const { from, manifest } = options
  const installed: Installed[] = []
  const act = async ({ plan }: { plan: Plan }) => {
    const built = (await readManifest(dirname(manifest)))?.artifacts
    if (from === 'files' && built === undefined && sandboxOf(ports.env)) {
      ports.log.info('Not rehearsed: nothing was built on this machine.')
      return
    }
    const folder = join(await scratchFolder(ports, 'install'), 'environments')
    await mkdir(folder)
    if (from === 'files') installed.push(...(await installFiles(ports, plan, built ?? [], folder)))
    else {
      const source = { index: endpointsOf(ports.env)[from].simple }
      const files = built?.map((each) => each.filename)
      installed.push(...(await tryPackages(ports, plan, { folder, source, every: true, files })))
    }
  }
  const step = from === 'files' ? 'try' : from === 'testpypi' ? 'install' : 'verify'
  return { ...startJob(ports, options, { steps: ['plan', step], own: [], site: { [step]: act } }), installed }
}
