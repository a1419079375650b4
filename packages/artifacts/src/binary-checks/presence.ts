import { few } from '@slipway/core/counted'
import { error, type Problem, warning } from '@slipway/core/problem'
import type { NativeWheel } from './native-wheel.ts'

/** Reports native files that a loader refuses. */
export function damaged({ name, wheel }: NativeWheel): Problem[] {
  return [...wheel.files].flatMap(([path, { damage }]) => {
    if (damage === null) return []
    const message = `${path} of ${name} is damaged (${damage}), so it cannot be loaded.`
    return [error('wheel-binary-damaged', message, 'Build it again, and check that nothing cuts the file off.')]
  })
}

/**
 * Reports native files in a wheel for all platforms. It is a warning for libraries, which may be optional, and where the wheel
 * has files for several systems.
 */
export function nativeInAny({ name, wheel, files }: NativeWheel): Problem[] {
  if (!wheel.filename.platformTags.includes('any')) return []
  const bound = files.filter(({ binary }) => binary.slices.every(({ machine }) => machine !== 'any'))
  const [first] = [...bound.filter(({ isRoot }) => isRoot), ...bound]
  if (!first) return []
  const { format, slices } = first.binary
  const machines = slices.map(({ machine }) => machine ?? 'another processor').join(' and ')
  const message = `${name} is for any platform, but ${first.path} is native (${format} for ${machines}), so it fails elsewhere.`
  const hint = 'Tag the wheel for its platform, as maturin does; build one wheel for each.'
  const isForOne = new Set(bound.map(({ binary }) => binary.format)).size === 1
  return [(first.isRoot && isForOne ? error : warning)('wheel-any-native', message, hint)]
}

/** Warns about a wheel for one platform that has nothing of that platform. */
export function nothingNative({ name, wheel, platforms }: NativeWheel): Problem[] {
  const { platformTags } = wheel.filename
  if (platforms.length === 0 || platformTags.includes('any')) return []
  if ([...wheel.files.values()].some((each) => each.isNative)) return []
  const message = `${name} is for ${few(platformTags)}, but no file is native: a module is missing, or users elsewhere need not miss it.`
  return [warning('wheel-nothing-native', message, 'Tag it `py3-none-any`, or check that the build packed its module.')]
}
