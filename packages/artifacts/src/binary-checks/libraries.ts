import { few } from '@slipway/core/counted'
import { error, type Problem, warning } from '@slipway/core/problem'
import type { Platform } from '@slipway/core/python/platform'
import { isOfPlatform, isOfVisualC } from '@slipway/core/python/platform-libraries'
import { needsOtherLibc, placed } from './libc.ts'
import { libraryName, type NativeFile, type NativeWheel } from './native-wheel.ts'

function isLibpython(library: string): boolean {
  return /^libpython\d/.test(libraryName(library))
}

/** A library that a file needs, and nobody is known to provide. */
interface Missing {
  library: string
  file: NativeFile
  platform: Platform
}

/** Yields each library that neither the platform nor the wheel has, for each file that needs it. */
export function* missingIn(native: NativeWheel): Generator<Missing> {
  const own = new Set([...native.wheel.files.keys()].map(libraryName))
  for (const [file, slice, platform] of placed(native)) {
    if (needsOtherLibc(slice, platform)) continue
    for (const library of slice.needed) {
      if (!isOfPlatform(library, platform) && !own.has(libraryName(library))) yield { library, file, platform }
    }
  }
}

/** Returns each missing library once, with a file that needs it at an import, if there is one. */
function missingOnce(native: NativeWheel): Missing[] {
  const missing = new Map<string, Missing>()
  for (const each of missingIn(native)) {
    if (!missing.get(each.library)?.file.isLoaded) missing.set(each.library, each)
  }
  return [...missing.values()]
}

/** Tools that put libraries into a wheel. */
const REPAIR: Partial<Record<Platform['system'], string>> = {
  windows: 'delvewheel repair',
  macos: 'delocate-wheel',
}

/** Whether installing a wheel installs other packages too, which may bring libraries. */
function hasDependencies({ wheel }: NativeWheel): boolean {
  return wheel.metadata.all('Requires-Dist').some((each) => !/;.*\bextra\b/.test(each))
}

/**
 * Reports libraries that neither the platform nor the wheel has. It is a warning where a dependency or other
 * code may bring them, or only some code may open the file; and for Microsoft's C++ runtime, which many systems have.
 */
export function missingLibraries(native: NativeWheel): Problem[] {
  const isProvidable = hasDependencies(native) || !native.files.some(({ isRoot }) => isRoot)
  const isSure = ({ library, file }: Missing) => file.isLoaded && !isProvidable && !isOfVisualC(library)
  const missing = missingOnce(native).filter(
    ({ library, platform }) => platform.system === 'macos' || !isLibpython(library),
  )
  return [true, false].flatMap((sure) => {
    const group = missing.filter((each) => isSure(each) === sure)
    const [first] = group
    if (!first) return []
    const libraries = few(group.map(({ library }) => `\`${library}\``))
    const message = `${native.name}: ${first.file.path} needs ${libraries}, which neither ${first.platform.tag} nor the wheel has.`
    const tool = REPAIR[first.platform.system] ?? 'auditwheel repair'
    const hint = `Put it into the wheel with \`${tool}\`, or link it statically. A dependency may bring it, too.`
    return [(sure ? error : warning)('wheel-library-missing', message, hint)]
  })
}

/** Reports files that link Python's library on Linux, which many Pythons do not have (PEP 513, PEP 600). */
export function linkedLibpython(native: NativeWheel): Problem[] {
  const found = missingOnce(native).filter(
    ({ library, platform }) => platform.system !== 'macos' && isLibpython(library),
  )
  return found.map(({ library, file }) => {
    const message = `${native.name}: ${file.path} links \`${library}\`, which Pythons without a shared library do not have.`
    const hint = "Link an extension module without it: enable PyO3's `extension-module`, and do not pass `-lpython3`."
    return error('wheel-links-libpython', message, hint)
  })
}
