import type { Artifact } from './artifact.ts'
import { few } from './counted.ts'
import { LARGE_GROWTH } from './limits.ts'
import { sized } from './overview.ts'
import { type Problem, warning } from './problem.ts'
import type { Probe } from './publisher.ts'

/** A file, and the size that the last release's had. */
interface Growing {
  filename: string
  size: number
  before: NonNullable<Probe['before']>
}

/** Returns the files whose size in the last release the remote reports. */
export function comparedSizes(artifacts: readonly Artifact[], probes: readonly Probe[]): Growing[] {
  return artifacts.flatMap(({ filename, size }, index) => {
    const before = probes[index]?.before
    return before === undefined ? [] : [{ filename, size, before }]
  })
}

/** Formats a size with its change since the last release: `1.2 MiB (+3 % since 1.1.0)`. */
export function sizeWithChange({ size, before }: Pick<Growing, 'size' | 'before'>): string {
  const percent = Math.round((size / before.size - 1) * 100)
  const change = percent === 0 ? 'same as' : `${percent > 0 ? '+' : '-'}${Math.abs(percent)} % since`
  return `${sized(size)} (${change} ${before.version})`
}

/** Warns about files that are much larger than those of the last release, all in one problem. */
export function grown(target: string, artifacts: readonly Artifact[], probes: readonly Probe[]): Problem[] {
  const { times, bytes } = LARGE_GROWTH
  const large = comparedSizes(artifacts, probes).filter(({ size, before }) => {
    return size > times * before.size && size > before.size + bytes
  })
  if (large.length === 0) return []
  const files = few(
    large.map(
      ({ filename, size, before }) => `${filename}: ${sized(before.size)} in ${before.version}, now ${sized(size)}`,
    ),
  )
  const message = `Files are more than twice as large as those of the last release on ${target} (${files}).`
  const hint = 'Look for debug symbols (`strip`), test data or bundled libraries in them. If it is intended, go on.'
  return [warning('files-grew', message, hint)]
}
