import { type Problem, warning } from '@slipway/core/problem'
import { isNewer, type Platform } from '@slipway/core/python/platform'
import type { Slice } from '../binary/binary.ts'
import { placed } from './libc.ts'
import type { NativeFile, NativeWheel } from './native-wheel.ts'

/** The first macOS on arm64, and the first whose minor version tags do not name; early tools called it 10.16. */
const BIG_SUR = '11.0'

/** Returns the macOS of a slice as a tag would name it. */
function taggable(macos: string): string {
  if (macos === '10.16') return BIG_SUR
  return isNewer(BIG_SUR, macos) ? macos : macos.replace(/\.\d+$/, '.0')
}

/** Returns the macOS that a tag promises on a slice's processor, which may begin later than the tag. */
function promised({ version }: Platform, { machine }: Slice): string {
  const tagged = version ?? ''
  return machine === 'arm64' && isNewer(BIG_SUR, tagged) ? BIG_SUR : tagged
}

/** Warns about the file that was built for the newest macOS, when a tag promises an older one: it loads if it needs nothing new. */
export function newerMacos(native: NativeWheel): Problem[] {
  let worst: { file: NativeFile; needed: string; platform: Platform } | null = null
  for (const [file, slice, platform] of placed(native)) {
    if (platform.system !== 'macos' || slice.macos === null) continue
    const needed = taggable(slice.macos)
    if (!isNewer(needed, promised(platform, slice))) continue
    if (worst === null || isNewer(needed, worst.needed)) worst = { file, needed, platform }
  }
  if (worst === null) return []
  const { file, needed, platform } = worst
  const message = `${native.name} is for ${platform.tag}, but ${file.path} was built for macOS ${needed}, so older ones may refuse it.`
  const hint = `Set MACOSX_DEPLOYMENT_TARGET=${platform.version} and build all parts again, or tag it for macOS ${needed}.`
  return [warning('wheel-macos-newer', message, hint)]
}
