import type { Python } from '../python.ts'
import type { Machine } from '../this-machine.ts'
import type { ArchiveSources } from './emulator.ts'
import list from './python-archives.json' with { type: 'json' }

/** A file that is downloaded. */
export interface Archive {
  /** Where it is. */
  from: keyof ArchiveSources
  /** Path below the source's address. */
  path: string
  /** Lower-case hex. */
  sha256: string
}

/** A Python of another system that can be fetched. */
export interface ArchivedPython extends Python {
  /** Everything to unpack into one folder, in order. */
  archives: readonly Archive[]
}

/** An entry of the list. */
interface Entry {
  version: string
  system: string
  processor: string
  /** Path of the executable among the unpacked files. */
  program: string
  sysroot?: string
  archives: Archive[]
}

const { sysroots, pythons } = list as unknown as {
  sysroots: Record<string, { glibc: string; archives: Archive[] }>
  pythons: Entry[]
}

/** Returns the Pythons in the list for a system and processor, lowest first; `path` is relative to the unpacked files. */
export function archivedPythons({ system, processor }: Pick<Machine, 'system' | 'processor'>): ArchivedPython[] {
  return pythons
    .filter((each) => each.system === system && each.processor === processor)
    .map(({ version, program, sysroot = '', archives }) => ({
      path: program,
      version,
      implementation: 'cpython',
      freeThreaded: false,
      venv: false,
      archives: [...(sysroots[sysroot]?.archives ?? []), ...archives],
    }))
}

/** Returns the version of glibc that Pythons for a processor of Linux are fetched with; null if there are none. */
export function archivedGlibc(processor: string): string | null {
  const found = pythons.find((each) => each.system === 'linux' && each.processor === processor)
  return sysroots[found?.sysroot ?? '']?.glibc ?? null
}
