import { delimiter, dirname, join } from 'node:path'
import type { Finished, Ports } from '@slipway/core/ports'
import { mustRun, pathFolders } from './command.ts'
import type { Python } from './python.ts'
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

/**
 * Creates a virtual environment with pip in a folder that does not exist yet; its parent folder must exist.
 * @throws ProblemError `venv-failed`
 */
export async function createVenv({ exec, env }: Ports, python: Python, folder: string): Promise<Venv> {
  await mustRun(
    exec,
    // -I keeps the user's PYTHONPATH out of the environment.
    { argv: [python.path, '-I', '-m', 'venv', folder], cwd: dirname(folder), env: withoutSecrets(env) },
    {
      code: 'venv-failed',
      what: `Python ${python.version} could not create a virtual environment`,
      hint: 'Check that the disk is not full and that this Python has the modules venv and ensurepip.',
    },
  )
  return venvIn(folder)
}

/** Runs the environment's pip without prompts or a check for a newer pip, and returns its result, also of a failure. */
export function pip({ exec, env }: Ports, venv: Venv, args: readonly string[]): Promise<Finished> {
  return exec({
    argv: [venv.python, '-I', '-m', 'pip', '--no-input', ...args],
    cwd: venv.folder,
    env: { ...withoutSecrets(env), ...activate(venv, env), PIP_DISABLE_PIP_VERSION_CHECK: '1' },
  })
}
