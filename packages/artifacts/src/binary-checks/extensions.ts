import { few } from '@slipway/core/counted'
import { error, type Problem } from '@slipway/core/problem'
import { cpythonMinor } from '@slipway/core/python/filename'
import { abisOf, canLoad, initFunctionsOf } from './extension-name.ts'
import { hasFormatOf, type NativeFile, type NativeWheel } from './native-wheel.ts'

/** An extension module whose format is that of a platform of its wheel. */
type Module = NativeFile & { extension: NonNullable<NativeFile['extension']> }

/** Returns the modules that a check of a single one concerns; the others are of another system altogether. */
export function modulesOf({ files, platforms }: NativeWheel): Module[] {
  return files.filter(
    (file): file is Module => file.extension !== null && platforms.some((each) => hasFormatOf(file, each)),
  )
}

/** Whether a Python of the wheel imports a module by the suffix of its file. */
export function isImportable({ binary, extension }: Module, { wheel }: NativeWheel): boolean {
  return extension.ending === (binary.format === 'PE' ? 'pyd' : 'so') && canLoad(extension.abi, wheel.filename)
}

/** Reports modules that only other Pythons import. One may be packed for several, if the right one is among them. */
export function suffixes(native: NativeWheel): Problem[] {
  const nameOf = ({ path, base, extension }: Module) => path.slice(0, -base.length) + extension.module
  const modules = modulesOf(native)
  const importable = new Set(modules.filter((each) => isImportable(each, native)).map(nameOf))
  const missing = new Map(modules.filter((each) => !importable.has(nameOf(each))).map((each) => [nameOf(each), each]))
  return [...missing.values()].map(({ path }) => {
    const { abiTags } = native.wheel.filename
    const message = `${native.name} has ABI ${few(abiTags)}, which does not import ${path}, so the module is missing.`
    const hint =
      'Build it in an empty folder with the Python of the tag; a suffix such as `.cpython-312` is for that one only.'
    return error('wheel-module-suffix-differs', message, hint)
  })
}

/** Reports modules of Python 3 without the function that every Python of the wheel calls. */
export function initFunctions(native: NativeWheel): Problem[] {
  if (!native.wheel.filename.pythonTags.some((each) => /^(?:py|cp|pp|graalpy)3/.test(each))) return []
  return modulesOf(native).flatMap(({ path, extension: { module }, binary }) => {
    // A name with other letters is encoded in the function's name.
    if (!/^\w+$/.test(module)) return []
    const { init, since3_15 } = initFunctionsOf(module)
    const names = (oldestMinor(native) ?? 15) >= 15 ? [init, since3_15] : [init]
    const [slice] = binary.slices.filter(
      // Without functions of Python, it is a library that only looks like a module.
      ({ imports, exports }) => !names.some((each) => exports.includes(each)) && imports.length + exports.length > 0,
    )
    if (!slice) return []
    const others = slice.exports.filter((each) => each.startsWith('PyInit_'))
    const has = others.length > 0 ? `only \`${few(others)}\`` : 'no such function'
    const message = `${native.name}: importing ${path} calls \`${init}\`, but it has ${has}.`
    const hint = `Give the function with #[pymodule] the name \`${module}\`, or set \`module-name\` in [tool.maturin] to its name.`
    return [error('wheel-module-without-init', message, hint)]
  })
}

/** The library of one version of CPython on Windows. */
const PYTHON_DLL = /^python(3\d+t?)(?:_d)?\.dll$/i

/** Reports modules that are linked to another version of Python, which CPython refuses ("conflicts with this version"). */
export function pythonLibraries(native: NativeWheel): Problem[] {
  const abis = abisOf(native.wheel.filename).filter((each) => /^(?:abi3t?|cp3\d+t?)$/.test(each))
  if (abis.length === 0) return []
  return modulesOf(native).flatMap((file) => {
    if (!isImportable(file, native)) return []
    const libraries = file.binary.slices.flatMap(({ needed }) => needed.flatMap((each) => PYTHON_DLL.exec(each) ?? []))
    const [library, version] = libraries
    if (library === undefined || abis.includes(`cp${version}`)) return []
    const message = `${native.name} is for ${few(abis)}, but ${file.path} is linked to \`${library}\`, so its import fails there.`
    const hint = abis.some((each) => each.startsWith('abi3'))
      ? "Link `python3.dll`: enable PyO3's `abi3` feature in this build."
      : 'Build it with the Python of the tag: `maturin build -i python3.13`.'
    return [error('wheel-python-dll-differs', message, hint)]
  })
}

/** Returns the oldest minor version of CPython 3 in a wheel's tags; null for none. */
export function oldestMinor({ wheel }: NativeWheel): number | null {
  const minors = wheel.filename.pythonTags.flatMap((each) => cpythonMinor(each) ?? [])
  return minors.length === 0 ? null : Math.min(...minors)
}
