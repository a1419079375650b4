import type { Problem } from '@slipway/core/problem'
import { type Platform, parsePlatform } from '@slipway/core/python/platform'
import type { Binary, Slice } from '../binary/binary.ts'
import type { Wheel } from '../wheel.ts'
import { type ExtensionName, initFunctionsOf, parseExtensionName } from './extension-name.ts'

/** A native file of a wheel. */
export interface NativeFile {
  path: string
  /** The last part of its path. */
  base: string
  binary: Binary
  /** Its name as an extension module; null for a program or a library. */
  extension: ExtensionName | null
  /** Whether it is an extension module or an installed program: the others are libraries. */
  isRoot: boolean
  /** Whether the wheel needs it: a root, or a library of one. Others are left to code that opens them. */
  isLoaded: boolean
}

/** The native files of a wheel, and the platforms that its tags promise. */
export interface NativeWheel {
  name: string
  wheel: Wheel
  files: NativeFile[]
  /** Those of the tags that are known; none for `any`. */
  platforms: Platform[]
}

/** Checks one aspect of a wheel's native files and returns the problems. */
export type BinaryCheck = (native: NativeWheel) => Problem[]

/** The format of each system's native files. */
const FORMATS: Record<Platform['system'], Binary['format']> = {
  manylinux: 'ELF',
  musllinux: 'ELF',
  linux: 'ELF',
  windows: 'PE',
  macos: 'Mach-O',
}

/** Whether a native file has the format of a platform. */
export function hasFormatOf({ binary }: NativeFile, { system }: Platform): boolean {
  return binary.format === FORMATS[system]
}

/** Whether code for a processor runs on one of others. */
export function runsOn(machine: Slice['machine'], machines: readonly string[]): boolean {
  return machine === 'any' || (machine !== null && machines.includes(machine))
}

/** Returns the slices of a file for a platform. */
export function slicesFor(file: NativeFile, platform: Platform): Slice[] {
  if (!hasFormatOf(file, platform)) return []
  return file.binary.slices.filter(({ machine }) => runsOn(machine, platform.machines))
}

/** Returns the extension module that a file is; its name decides, or an init function if the name says nothing. */
function extensionOf(base: string, { slices }: Binary): ExtensionName | null {
  const named = parseExtensionName(base)
  if (!named || named.abi !== null || named.ending === 'pyd') return named
  const names = Object.values(initFunctionsOf(named.module))
  return slices.some(({ exports }) => names.some((each) => exports.includes(each))) ? named : null
}

/** Returns the name by which a loader finds a library: the last part of its path, on Windows in any case. */
export function libraryName(library: string): string {
  return library.replace(/^.*[/\\]/, '').toLowerCase()
}

/** Marks the roots, and the libraries that these need; all files of a wheel that has only libraries. */
function markLoaded(files: readonly NativeFile[]): void {
  const roots = files.filter(({ isRoot }) => isRoot)
  const loaded = new Set(roots.length > 0 ? roots : files)
  // A set grows while it is walked.
  for (const { binary } of loaded) {
    const needed = new Set(binary.slices.flatMap((each) => each.needed.map(libraryName)))
    for (const each of files) if (needed.has(libraryName(each.base))) loaded.add(each)
  }
  for (const each of loaded) each.isLoaded = true
}

/** Returns the native files of a wheel and what they are. */
export function nativeWheel(name: string, wheel: Wheel): NativeWheel {
  const files = [...wheel.files].flatMap(([path, { binary }]): NativeFile[] => {
    const base = path.replace(/^.*\//, '')
    if (!binary) return []
    const extension = extensionOf(base, binary)
    const isRoot = extension !== null || /^[^/]+\.data\/scripts\//.test(path)
    return [{ path, base, binary, extension, isRoot, isLoaded: false }]
  })
  markLoaded(files)
  return { name, wheel, files, platforms: wheel.filename.platformTags.flatMap((tag) => parsePlatform(tag) ?? []) }
}
