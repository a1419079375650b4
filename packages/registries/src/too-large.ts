import type { Artifact } from '@slipway/core/artifact'
import { mebibytes } from '@slipway/core/limits'
import { type Problem, warning } from '@slipway/core/problem'

/** The most that a registry takes of a file by default, in bytes, and what is to be told of one that is larger. */
export interface SizeLimit {
  target: string
  largest: number
  code: string
  hint: string
}

/** A warning for each file that is larger than a registry takes: whether it has allowed more, it tells nobody. */
export function tooLarge(artifacts: readonly Artifact[], { target, largest, code, hint }: SizeLimit): Problem[] {
  return artifacts
    .filter((each) => each.size > largest)
    .map(({ filename, size }) => {
      const message = `${filename} has ${mebibytes(size)}. ${target} refuses files of more than ${mebibytes(largest)} unless it has allowed more, and what was sent before stays there.`
      return warning(code, message, hint)
    })
}
