import { delimiter } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { pathFolders, shellCommand } from '../command.ts'
import { withoutSecrets } from '../secrets.ts'
import type { Place, Session } from './emulator.ts'
import { writePrograms } from './programs.ts'

/** How an emulator that is a program of this machine runs a Python. */
export interface Launch {
  /** The emulator, its arguments and the Python. */
  argv: readonly [string, ...string[]]
  /** An overlay for `Command.env`. */
  env: Readonly<Record<string, string | undefined>>
  /** Shell commands that run it with the arguments `"$@"`. */
  script: string
  /** Returns how the Python has to be given a path of this machine. */
  path(path: string): string
}

/** Variables that would lead a Python to the files of another one. */
const OF_OTHERS = { PYTHONHOME: undefined, VIRTUAL_ENV: undefined }

/** Returns a session whose emulator is a program of this machine. */
export function localSession(ports: Ports, place: Place, launch: Launch): Session {
  const { folder, site } = place
  const env = { ...withoutSecrets(ports.env), ...OF_OTHERS, ...launch.env }
  return {
    path: launch.path,
    python(args) {
      // Windows' CPython does not start without a standard input, so it gets an empty one.
      return ports.exec({ argv: [...launch.argv, ...args], cwd: folder, env, input: '' })
    },
    async shell(command, onLine) {
      const bin = await writePrograms(place, launch.script, launch.path)
      return ports.exec({
        argv: shellCommand(command),
        cwd: folder,
        env: { ...env, PATH: [bin, ...pathFolders(ports.env)].join(delimiter), PYTHONPATH: launch.path(site) },
        input: '',
        onLine,
      })
    },
    async close() {},
  }
}
