import linux from './data/linux-libraries.json' with { type: 'json' }
import windows from './data/windows-libraries.json' with { type: 'json' }
import { isNewer, type Platform } from './platform.ts'

const WINDOWS: ReadonlySet<string> = new Set([
  ...Object.values(windows.dlls).flatMap((names) => names.split(' ').map((each) => `${each}.dll`)),
  ...windows.others.split(' '),
  // Python's installers bring these (delvewheel, `ignore_by_abi_platform`).
  'vcruntime140.dll',
  'vcruntime140_1.dll',
])

/** Sets of functions that Windows maps to its libraries (Microsoft, "Windows API sets"). */
const API_SET = /^(?:api|ext)-ms-/
/** The libraries of CPython, PyPy and GraalPy. */
const INTERPRETER = /^(?:python\d+t?(?:_d)?|libpypy[\d.]*-c|python-native)\.dll$/

/** The loaders of Linux programs, which also are libraries. */
const LOADER = /^ld(?:64|-linux|-musl)/

function inManylinux(library: string, version: string): boolean {
  return Object.entries(linux.manylinux).some(
    ([since, names]) => !isNewer(since, version) && names.split(' ').includes(library),
  )
}

/**
 * Whether every system with this platform has a library: for Linux by PEP 600 and auditwheel's policies, for Windows by
 * delvewheel's list, for macOS by its folder. Always true on a platform without a policy.
 * @param library as a native file names it
 */
export function isOfPlatform(library: string, { system, version }: Platform): boolean {
  switch (system) {
    case 'manylinux':
      return LOADER.test(library) || inManylinux(library, version ?? '')
    case 'musllinux':
      return LOADER.test(library) || /^libc\.musl-/.test(library) || linux.musllinux.split(' ').includes(library)
    case 'windows': {
      const name = library.toLowerCase()
      return WINDOWS.has(name) || API_SET.test(name) || INTERPRETER.test(name)
    }
    case 'macos':
      return /^\/(?:usr\/lib|System)\//.test(library)
    default:
      return true
  }
}

/** Whether a DLL is of Microsoft's C++ runtime, which many Windows systems have, but not all (delvewheel, `vc_redist`). */
export function isOfVisualC(library: string): boolean {
  return /^(?:vccorlib|msvcp|concrt|mfc|vcamp|vcomp)\d[\w.]*\.dll$/i.test(library)
}
