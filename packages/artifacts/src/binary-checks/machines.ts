import { error, type Problem } from '@slipway/core/problem'
import type { Platform } from '@slipway/core/python/platform'
import { hasFormatOf, type NativeFile, type NativeWheel, runsOn, slicesFor } from './native-wheel.ts'

/** Whether a file runs on every processor of a platform. */
function fits(file: NativeFile, platform: Platform): boolean {
  const slices = slicesFor(file, platform)
  return platform.machines.every((machine) => slices.some((each) => runsOn(each.machine, [machine])))
}

function described({ binary: { format, slices } }: NativeFile): string {
  return `${format} for ${slices.map(({ machine }) => machine ?? 'another processor').join(' and ')}`
}

/**
 * Reports modules and programs for another system or processor than each of the tags. Libraries may be for several, so those
 * of a wheel without modules and programs only have to include one that fits.
 */
export function machines({ name, files, platforms }: NativeWheel): Problem[] {
  if (platforms.length === 0) return []
  const isWrong = (file: NativeFile) => !platforms.some((each) => fits(file, each))
  const roots = files.filter(({ isRoot }) => isRoot)
  const wrong = roots.length > 0 ? roots.filter(isWrong) : files.every(isWrong) ? files.slice(0, 1) : []
  const tags = platforms.map(({ tag }) => tag).join(', ')
  return wrong.map((file) => {
    const message = `${name} is for ${tags}, but ${file.path} is ${described(file)}, so it cannot be loaded there.`
    const isHalf = platforms.some((each) => hasFormatOf(file, each) && slicesFor(file, each).length > 0)
    const hint = isHalf
      ? 'Build both processors: `maturin build --target universal2-apple-darwin`, or tag it for the one that it has.'
      : 'Build it for the tag with `--target`, in an empty folder, so that no module of another build is packed.'
    return error('wheel-machine-differs', message, hint)
  })
}
