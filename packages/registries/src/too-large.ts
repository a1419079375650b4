import type { Artifact } from '@slipway/core/artifact'
import { mebibytes } from '@slipway/core/limits'
import { type Problem, warning } from '@slipway/core/problem'

/** A registry's default limit for one file, in bytes, with the code and hint of the warning about a larger one. */
export interface SizeLimit {
  target: string
  largest: number
  code: string
  hint: string
}

/** Returns a warning for each file above a registry's default limit; a raised limit cannot be queried. */
export function tooLarge(artifacts: readonly Artifact[], { target, largest, code, hint }: SizeLimit): Problem[] {
  return artifacts
    .filter((each) => each.size > largest)
    .map(({ filename, size }) => {
      const message = `${filename} is ${mebibytes(size)}. ${target} refuses files over ${mebibytes(largest)} unless it raised your limit; files uploaded before stay published.`
      return warning(code, message, hint)
    })
}
