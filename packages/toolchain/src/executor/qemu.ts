import { chmod, readdir, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { findProgram } from '../command.ts'
import { type Machine, machineName } from '../this-machine.ts'
import type { ArchiveSources, Emulator, MissingEmulator } from './emulator.ts'
import { fetchPython } from './fetch-python.ts'
import { localSession } from './local-session.ts'
import { shellWord } from './programs.ts'
import { type ArchivedPython, archivedGlibc, archivedPythons } from './python-archives.ts'

/** The processor whose wheels for Linux are executed. */
const PROCESSOR = 'aarch64'

/** Names of the program in distributions' packages: linked statically, or not. */
const PROGRAMS = [`qemu-${PROCESSOR}-static`, `qemu-${PROCESSOR}`]

/** Finds qemu's emulation of one process (QEMU's documentation, "User Mode Emulation"), which needs neither root nor binfmt. */
export async function findQemu(ports: Ports, sources: ArchiveSources): Promise<Emulator | MissingEmulator> {
  const machine: Machine = { system: 'linux', processor: PROCESSOR, glibc: archivedGlibc(PROCESSOR) }
  const label = `${machineName(machine)} (qemu)`
  const found = await Promise.all(PROGRAMS.map((each) => findProgram(ports.env, each)))
  const qemu = found.find((each) => each !== null)
  if (qemu === undefined || qemu === null) {
    return { machine, reason: 'qemu for aarch64 is not installed (on Debian and Ubuntu the package qemu-user-static)' }
  }
  const pythons = archivedPythons(machine)
  return {
    label,
    name: 'qemu',
    machine,
    pythons,
    async open(python, place) {
      const archived = pythons.find((each) => each.version === python.version) as ArchivedPython
      const root = await fetchPython(ports, archived, {
        sources,
        complete: (folder) => complete(folder, archived.path),
      })
      const argv = [qemu, '-L', root, join(root, archived.path)] as const
      const script = `exec ${argv.map(shellWord).join(' ')} "$@"`
      return localSession(ports, place, { argv, env: {}, script, path: (same) => same })
    },
  }
}

/** Lets the loader find the libraries beside a Python that does not come from Debian. */
async function complete(root: string, program: string): Promise<void> {
  await chmod(join(root, program), 0o755)
  const home = dirname(dirname(join(root, program)))
  const libraries = join(root, 'usr', 'lib', `${PROCESSOR}-linux-gnu`)
  for (const name of await readdir(home)) {
    if (!/^lib\w[\w.]*\.so/.test(name)) continue
    // One that Debian has too stays.
    await symlink(relative(libraries, join(home, name)), join(libraries, name)).catch(() => {})
  }
}
