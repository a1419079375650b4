import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { temporaryFolder, toolCache } from '../cache.ts'
import { mustRun, systemTar } from '../command.ts'
import { download } from '../download.ts'
import { withoutSecrets } from '../secrets.ts'
import type { PythonBuild } from './manifest.ts'

/** Returns the command that unpacks an archive: `.tar.gz`, or on Windows `.zip`, which only Windows' own tar reads. */
export function unpackCommand(
  env: Ports['env'],
  platform: NodeJS.Platform,
  archive: string,
  into: string,
): [string, ...string[]] {
  return [systemTar(env, platform), '-xf', archive, '-C', into]
}

/** Returns the command that installs an unpacked Python, as actions/setup-python does (`install-python.ts`). */
export function setupCommand(platform: NodeJS.Platform): [string, ...string[]] {
  return platform === 'win32'
    ? ['powershell', '-NoProfile', '-ExecutionPolicy', 'Bypass', '-File', './setup.ps1']
    : ['bash', './setup.sh']
}

/** Returns the variables of that command: the folder that it installs to, and on Linux the libraries of the new Python. */
export function setupVariables(
  env: Ports['env'],
  platform: NodeJS.Platform,
  unpacked: string,
): Record<string, string | undefined> {
  const cache = toolCache(env, platform)
  return {
    ...withoutSecrets(env),
    RUNNER_TOOL_CACHE: cache,
    AGENT_TOOLSDIRECTORY: cache,
    ...(platform === 'linux' && { LD_LIBRARY_PATH: join(unpacked, 'lib') }),
  }
}

/**
 * Installs a Python of actions/python-versions into the tool cache, where later steps find it.
 * @throws ProblemError `python-missing`
 */
export async function installPython(
  ports: Ports,
  build: PythonBuild,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  const { env, exec, log } = ports
  log.info(`Installing Python ${build.version} (${build.arch}) into the tool cache`)
  const temporary = temporaryFolder(env)
  await mkdir(temporary, { recursive: true })
  const scratch = await mkdtemp(join(temporary, 'slipway-python-'))
  const failure = {
    code: 'python-missing',
    what: `Python ${build.version} could not be installed`,
    hint: 'Check the network and the free space on the runner, or install this Python on it beforehand.',
  }
  try {
    const archive = join(scratch, platform === 'win32' ? 'python.zip' : 'python.tar.gz')
    const unpacked = join(scratch, 'python')
    await mkdir(unpacked)
    await mkdir(toolCache(env, platform), { recursive: true })
    await download(ports, build.url, archive).catch((cause) => {
      throw new ProblemError(error(failure.code, `${failure.what}: ${cause.message}.`, failure.hint), cause)
    })
    await mustRun(
      exec,
      { argv: unpackCommand(env, platform, archive, unpacked), cwd: scratch, onLine: log.debug },
      failure,
    )
    const variables = setupVariables(env, platform, unpacked)
    await mustRun(exec, { argv: setupCommand(platform), cwd: unpacked, env: variables, onLine: log.debug }, failure)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
