import type { WheelFilename } from '@slipway/core/python/filename'

/** The parts of an extension module's file name: `_native.cpython-312-x86_64-linux-gnu.so`. */
export interface ExtensionName {
  /** What Python imports: `_native`. */
  module: string
  /** The ABI that the suffix names, spelt as in wheel tags: `cp312`; null when it names none, so that all Pythons load it. */
  abi: string | null
  ending: 'so' | 'pyd'
}

/** The functions that Python looks for to import a module: PEP 489, and PEP 793 since Python 3.15. */
export function initFunctionsOf(module: string): { init: string; since3_15: string } {
  return { init: `PyInit_${module}`, since3_15: `PyModExport_${module}` }
}

/** Spellings of an ABI in a suffix: of CPython on POSIX (PEP 3149) and on Windows, of the stable ABI, and of PyPy. */
const ABIS: readonly [pattern: RegExp, abi: (match: RegExpExecArray) => string][] = [
  [/^cpython-(\d+[a-z]*)(?:-|$)/, ([, version = '']) => `cp${withoutOldFlags(version)}`],
  [/^cp(\d+[a-z]*)(?:-|$)/, ([, version = '']) => `cp${version}`],
  [/^(abi3t?)$/, ([, abi = '']) => abi],
  [/^pypy(\d+)-(pp\d+)/, ([, version, abi]) => `pypy${version}_${abi}`],
]

/** Removes the flags for pymalloc and wide Unicode, which all builds have had since Python 3.8. */
function withoutOldFlags(abi: string): string {
  return abi.replace(/(?<=\d)[mu]+$/, '')
}

/** Parses the name of a file that Python may import; null when it ends differently. */
export function parseExtensionName(file: string): ExtensionName | null {
  const [, module = '', middle = '', ending] = /^([^.]*)(?:\.(.*))?\.(so|pyd)$/.exec(file) ?? []
  if (ending === undefined) return null
  for (const [pattern, abi] of ABIS) {
    const match = pattern.exec(middle)
    if (match) return { module, abi: abi(match), ending: ending as 'so' }
  }
  return { module, abi: null, ending: ending as 'so' }
}

/** Returns the ABIs of a wheel's tags; those of its interpreters where the ABI tag is `none`. */
export function abisOf({ abiTags, pythonTags }: WheelFilename): string[] {
  return abiTags.flatMap((each) => (each === 'none' ? pythonTags : [withoutOldFlags(each)]))
}

/** The first Python that loads modules with the suffix `.abi3t` (PEP 803). */
const ABI3T_SINCE = 15

/**
 * Whether every Python of a wheel's tags can import a module with this suffix (CPython, `_PyImport_DynLoadFiletab`). A wheel
 * for any version of Python may bring modules for each.
 */
export function canLoad(abi: string | null, wheel: WheelFilename): boolean {
  const abis = abisOf(wheel)
  if (abi === null || abis.some((each) => /^py\d*$/.test(each)) || abis.includes(abi)) return true
  const minors = abis.map((each) => /^cp3(\d+)(t?)$/.exec(each))
  // A free-threaded Python does not load modules of the stable ABI with the GIL.
  if (abi === 'abi3') return minors.some((each) => each?.[2] === '')
  return abi === 'abi3t' && minors.some((each) => Number(each?.[1]) >= ABI3T_SINCE)
}
