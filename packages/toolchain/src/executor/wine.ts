import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { findProgram, lastLines } from '../command.ts'
import { withoutSecrets } from '../secrets.ts'
import { type Machine, machineName } from '../this-machine.ts'
import { cachedFolder } from './cached-folder.ts'
import type { ArchiveSources, Emulator, MissingEmulator } from './emulator.ts'
import { executorCache, fetchPython } from './fetch-python.ts'
import { holdWine } from './hold-wine.ts'
import { type Launch, localSession } from './local-session.ts'
import { shellWord } from './programs.ts'
import { type ArchivedPython, archivedPythons } from './python-archives.ts'
import { completeForWine } from './wine-python.ts'

const MACHINE: Machine = { system: 'win32', processor: 'x86_64', glibc: null }

/** Where Debian's package wine64 has the program, which is on PATH only with the package wine. */
const OUTSIDE_PATH = '/usr/lib/wine/wine64'

/** Returns the path of wine for programs of 64 bits, or null. */
async function findProgramOfWine({ env }: Ports): Promise<string | null> {
  const found = (await findProgram(env, 'wine64')) ?? (await findProgram(env, 'wine'))
  if (found !== null) return found
  return (await stat(OUTSIDE_PATH).catch(() => null))?.isFile() ? OUTSIDE_PATH : null
}

/** Finds wine, which runs CPython for Windows on this machine. */
export async function findWine(ports: Ports, sources: ArchiveSources): Promise<Emulator | MissingEmulator> {
  const wine = await findProgramOfWine(ports)
  if (wine === null) {
    return { machine: MACHINE, reason: 'wine is not installed (on Debian and Ubuntu the package wine64)' }
  }
  const pythons = archivedPythons(MACHINE)
  return {
    label: `${machineName(MACHINE)} (wine)`,
    name: 'wine',
    machine: MACHINE,
    pythons,
    async open(python, place) {
      const archived = pythons.find((each) => each.version === python.version) as ArchivedPython
      const prefix = await winePrefix(ports, wine)
      const complete = (folder: string) => completeForWine(folder, archived, prefix)
      const root = await fetchPython(ports, archived, { sources, complete, variant: 'wine' })
      const launch = launchOf(wine, prefix, join(root, archived.path))
      const close = await holdWine(ports, prefix, launch)
      return { ...localSession(ports, place, launch), close }
    },
  }
}

/** Variables of wine: its own folder of settings, silence, no window, and no offer to install Mono or Gecko. */
function variables(prefix: string): Record<string, string | undefined> {
  return {
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mscoree,mshtml=',
    DISPLAY: undefined,
    WAYLAND_DISPLAY: undefined,
  }
}

/** Returns wine's folder of settings in the cache, made the first time. @throws ProblemError `emulator-failed` */
async function winePrefix(ports: Ports, wine: string): Promise<string> {
  const { stdout } = await ports.exec({ argv: [wine, '--version'], cwd: '/', env: withoutSecrets(ports.env) })
  const version = /^wine-([\w.-]+)/.exec(stdout)?.[1] ?? 'unknown'
  return cachedFolder(executorCache(ports.env), `wine-${version}`, async (folder) => {
    ports.log.info(`Setting up wine ${version}.`)
    const env = { ...withoutSecrets(ports.env), ...variables(folder) }
    const finished = await ports.exec({ argv: [wine, 'wineboot', '-i'], cwd: folder, env, input: '' })
    if (finished.code === 0 && (await stat(join(folder, 'system.reg')).catch(() => null))) return
    const message = `wine cannot set up its folder (exit code ${finished.code}):\n${lastLines(finished)}`
    const hint = 'Run `wine64 wineboot -i` with a new WINEPREFIX, and fix what it reports.'
    throw new ProblemError(error('emulator-failed', message, hint))
  })
}

/** Returns Windows' name of an absolute path: wine's drive Z: is this machine's root. */
function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`
}

function launchOf(wine: string, prefix: string, program: string): Launch {
  const argv = [wine, program] as const
  // CPython for Windows wants pipes, both to read from and to write to.
  const script = [
    'exec 4>&1',
    `status=$({ { echo | ${argv.map(shellWord).join(' ')} "$@" 2>&1; echo $? >&3; } | cat >&4; } 3>&1)`,
    'exit "$status"',
  ].join('\n')
  return { argv, env: variables(prefix), script, path: windowsPath }
}
