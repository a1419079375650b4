import type { EmulatorName } from '@slipway/core/emulators'
import type { Finished } from '@slipway/core/ports'
import type { Python } from '../python.ts'
import type { Machine } from '../this-machine.ts'

/** Where the Pythons that an emulator runs are downloaded from: base addresses, each ending in `/`, tried in order. */
export interface ArchiveSources {
  /** A Maven repository. */
  maven: readonly string[]
  /** An archive of Debian. */
  debian: readonly string[]
}

/** Which emulators may be used, and where their Pythons come from. */
export interface EmulatorOptions {
  emulators: readonly EmulatorName[]
  /** Images, in whose containers wheels are executed too. */
  containers: readonly string[]
  sources: ArchiveSources
}

/** A place in which a wheel that was unpacked on this machine is executed. */
export interface Place {
  /** Absolute path of an existing folder for scripts and what else the trial needs. */
  folder: string
  /** Absolute path of the folder that the wheel and its dependencies were unpacked into, within `folder`. */
  site: string
  /** Absolute path of the project, whose tests run. */
  project?: string | undefined
}

/** A Python of another system, ready to execute an unpacked wheel. */
export interface Session {
  /** Runs the Python with these arguments in the place's folder, without the environment's secrets. */
  python(args: readonly string[]): Promise<Finished>
  /**
   * Runs a shell command in the place's folder, without the environment's secrets; its `python`, and the programs that the
   * unpacked packages have, are run by the Python, which finds these packages.
   */
  shell(command: string, onLine: (line: string) => void): Promise<Finished>
  /** Returns how this Python has to be given a path of this machine. */
  path(path: string): string
  close(): Promise<void>
}

/** A program of this machine that executes wheels of another system, processor or C library than the machine's. */
export interface Emulator {
  /** For people: `Windows x86_64 (wine)`. */
  label: string
  /** `container`: it executes wheels in a container of an image that the user chose, this machine's wheels too. */
  name: EmulatorName | 'container'
  /** What it executes wheels of. */
  machine: Machine
  /** Version of musl, `1.2`; only where the C library is musl. */
  musl?: string | undefined
  /** The Pythons that it has or that can be fetched, lowest first. Their paths are the emulator's. */
  pythons: readonly Python[]
  /**
   * Makes one of its Pythons ready, which fetches it the first time.
   * @throws ProblemError `python-not-fetched`, `python-archive-differs`, `emulator-failed`, or why a container does not start
   */
  open(python: Python, place: Place): Promise<Session>
}

/** Wheels that this machine could execute if something were installed. */
export interface MissingEmulator {
  machine: Machine
  /** Continues "was not executed: ". */
  reason: string
}
