import { few } from '@slipway/core/counted'
import { error, type Problem } from '@slipway/core/problem'
import { STABLE_ABI_KNOWN_ON, stableSince } from '@slipway/core/python/stable-abi'
import { isImportable, modulesOf, oldestMinor } from './extensions.ts'
import { missingIn } from './libraries.ts'
import type { NativeFile, NativeWheel } from './native-wheel.ts'

/** Returns the modules that promise to use only the stable ABI, by the suffix or by the wheel's tag. */
function stableModules(native: NativeWheel): NativeFile[] {
  const isTagged = native.wheel.filename.abiTags.some((each) => each.startsWith('abi3'))
  return modulesOf(native).filter(
    (file) => (isTagged && isImportable(file, native)) || file.extension.abi?.startsWith('abi3'),
  )
}

/** Reports the symbols of Python that a module of the stable ABI must not use: private ones, and those of newer versions. */
export function stableAbi(native: NativeWheel): Problem[] {
  const oldest = oldestMinor(native)
  const provided = new Set(native.files.flatMap(({ binary }) => binary.slices.flatMap((each) => each.exports)))
  // What a library of a dependency provides is not known.
  const unknown = new Set([...missingIn(native)].map(({ file }) => file.path))
  return stableModules(native).flatMap(({ path, binary }) => {
    const used = [...new Set(binary.slices.flatMap((each) => each.imports))].sort()
    const outside = used.filter((each) => stableSince(each) === null && !provided.has(each) && !unknown.has(path))
    const newer = used.filter((each) => (stableSince(each) ?? 0) > (oldest ?? Number.POSITIVE_INFINITY))
    const problems: Problem[] = []
    if (outside.length > 0) {
      const message = `${native.name}: ${path} uses ${few(outside)}, not in the stable ABI on ${STABLE_ABI_KNOWN_ON}, so it may fail in other Pythons.`
      const hint =
        'Replace it by functions of the limited API, or build a wheel for each version of Python, without `abi3`.'
      problems.push(error('wheel-outside-stable-abi', message, hint))
    }
    if (newer.length > 0) {
      const since = Math.max(...newer.map((each) => stableSince(each) ?? 0))
      const message = `${native.name} is for Python 3.${oldest}, but ${path} uses ${few(newer)}, in the stable ABI only since 3.${since}.`
      const hint = `Build it with the feature \`abi3-py3${oldest}\` of PyO3, or tag it \`cp3${since}-abi3\`.`
      problems.push(error('wheel-stable-abi-newer', message, hint))
    }
    return problems
  })
}
