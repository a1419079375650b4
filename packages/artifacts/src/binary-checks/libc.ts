import { error, type Problem, warning } from '@slipway/core/problem'
import { isNewer, type Platform } from '@slipway/core/python/platform'
import type { Slice } from '../binary/binary.ts'
import { type NativeFile, type NativeWheel, slicesFor } from './native-wheel.ts'

/** Returns the C library that a file needs; null for one that needs none, as a static program. */
export function libcOf({ needed }: Slice): 'glibc' | 'musl' | null {
  // musl's own name is libc.so; Alpine's has the processor in it.
  if (needed.some((each) => /^(?:libc\.musl-|ld-musl-|libc\.so$)/.test(each))) return 'musl'
  return needed.some((each) => /^(?:libc\.so\.6$|ld-linux|ld64\.so)/.test(each)) ? 'glibc' : null
}

/** The C library of each Linux platform that promises one. */
const LIBCS: Partial<Record<Platform['system'], 'glibc' | 'musl'>> = { manylinux: 'glibc', musllinux: 'musl' }

/** Whether a file for a platform needs the other C library. */
export function needsOtherLibc(slice: Slice, { system }: Platform): boolean {
  const [needed, promised] = [libcOf(slice), LIBCS[system]]
  return needed !== null && promised !== undefined && needed !== promised
}

/** Returns each file that has a slice for a platform of its wheel, with both. */
export function* placed({ files, platforms }: NativeWheel): Generator<[file: NativeFile, slice: Slice, Platform]> {
  for (const file of files)
    for (const platform of platforms) for (const slice of slicesFor(file, platform)) yield [file, slice, platform]
}

/** Reports files for glibc in a musllinux wheel and the reverse. */
export function otherLibc(native: NativeWheel): Problem[] {
  const found = new Map<string, Problem>()
  for (const [file, slice, platform] of placed(native)) {
    if (!needsOtherLibc(slice, platform)) continue
    const library = slice.needed.find((each) => libcOf({ ...slice, needed: [each] }) === libcOf(slice))
    const message = `${native.name} is for ${platform.tag}, but ${file.path} needs \`${library}\` of ${libcOf(slice)}, so it cannot be loaded there.`
    const hint =
      platform.system === 'musllinux'
        ? 'Build it for a musl target, `--target x86_64-unknown-linux-musl`, or tag it manylinux.'
        : 'Build it in a manylinux image or with `--zig`, or tag it musllinux.'
    found.set(file.path, (file.isLoaded ? error : warning)('wheel-libc-differs', message, hint))
  }
  return [...found.values()]
}

/** Reports the file that needs the newest glibc, when a tag promises less. */
export function newerGlibc(native: NativeWheel): Problem[] {
  let worst: { file: NativeFile; glibc: string; platform: Platform } | null = null
  for (const [file, { glibc }, platform] of placed(native)) {
    if (platform.system !== 'manylinux' || glibc === null || !isNewer(glibc, platform.version ?? '')) continue
    const isWorse =
      worst === null || (file.isLoaded === worst.file.isLoaded ? isNewer(glibc, worst.glibc) : file.isLoaded)
    if (isWorse) worst = { file, glibc, platform }
  }
  if (worst === null) return []
  const { file, glibc, platform } = worst
  const message = `${native.name} is for ${platform.tag} (glibc ${platform.version}), but ${file.path} needs glibc ${glibc}.`
  const tag = `manylinux_${glibc.replace('.', '_')}`
  const hint = `Build it against the older glibc: \`maturin build --zig --compatibility ${platform.tag.replace(/_[a-z].*$/, '')}\`, or tag it \`${tag}\`.`
  return [(file.isLoaded ? error : warning)('wheel-glibc-newer', message, hint)]
}
