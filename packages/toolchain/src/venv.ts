import { readdir } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import type { Finished, Ports } from '@slipway/core/ports'
import { bundledPip } from './bundled-pip.ts'
import { mustRun, pathFolders } from './command.ts'
import type { Python } from './python.ts'
import { mustDistrustFolders } from './run-kind.ts'
import { withoutSecrets } from './secrets.ts'

/** A virtual environment. */
export interface Venv {
  folder: string
  /** Folder of its programs. */
  bin: string
  python: string
}

const windows = process.platform === 'win32'

/** Returns the virtual environment in a folder. */
export function venvIn(folder: string): Venv {
  const bin = join(folder, windows ? 'Scripts' : 'bin')
  return { folder, bin, python: join(bin, windows ? 'python.exe' : 'python') }
}

/** Returns the path of a program of the environment. */
export function programOf({ bin }: Venv, name: string): string {
  return join(bin, windows ? `${name}.exe` : name)
}

/** Returns an overlay for `Command.env` that puts the environment's programs first. */
export function activate({ bin, folder }: Venv, env: Ports['env']): Record<string, string | undefined> {
  return { PATH: [bin, ...pathFolders(env)].join(delimiter), VIRTUAL_ENV: folder, PYTHONHOME: undefined }
}

/** Returns the folder of an environment's modules (Python's documentation, `sysconfig`, "Installation paths"). */
export async function modulesOf({ folder }: Venv): Promise<string> {
  if (windows) return join(folder, 'Lib', 'site-packages')
  const [python = ''] = (await readdir(join(folder, 'lib'))).filter((each) => each.startsWith('python3'))
  return join(folder, 'lib', python, 'site-packages')
}

/** A virtual environment that pip can install into. */
export interface PipVenv extends Venv {
  /** Path of a pip outside the environment, which its interpreter runs; null if the environment has its own. */
  pip: string | null
  /** Arguments of the interpreter that run pip, instead of the usual ones. */
  run?: readonly string[]
}

/**
 * Creates a virtual environment in a folder that does not exist yet; its parent folder must exist. It is empty, without
 * pip and setuptools, unless only Python itself can install pip.
 * @throws ProblemError `venv-failed`
 */
export async function createVenv(ports: Ports, python: Python, folder: string): Promise<PipVenv> {
  const outside = await bundledPip(ports, python)
  const without = outside === null ? [] : ['--without-pip']
  await mustRun(
    ports.exec,
    {
      // -I keeps the user's PYTHONPATH out of the environment.
      argv: [python.path, '-I', '-m', 'venv', ...without, folder],
      cwd: dirname(folder),
      env: withoutSecrets(ports.env),
    },
    {
      code: 'venv-failed',
      what: `Python ${python.version} could not create a virtual environment`,
      hint: 'Check that the disk is not full and that this Python has the modules venv and ensurepip.',
    },
  )
  return { ...venvIn(folder), pip: outside }
}

/**
 * Runs pip for an environment without prompts or a check for a newer pip, and returns its result, also of a failure. The
 * environment's interpreter runs it, because pip before 22.3 cannot install into another's.
 */
export function pip({ exec, env }: Ports, venv: PipVenv, args: readonly string[]): Promise<Finished> {
  const program = venv.run ?? (venv.pip === null ? ['-m', 'pip'] : [venv.pip])
  // Without setuptools in the environment, pip before 23 needs to be told to build old sdists in isolation.
  const isolated = venv.pip === null ? {} : { PIP_USE_PEP517: '1' }
  // Other runs could have written to the cache of pip.
  const uncached = mustDistrustFolders(env) ? { PIP_NO_CACHE_DIR: '1' } : {}
  return exec({
    argv: [venv.python, '-I', ...program, '--no-input', ...args],
    cwd: venv.folder,
    env: {
      ...withoutSecrets(env),
      ...activate(venv, env),
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
      ...isolated,
      ...uncached,
    },
  })
}
