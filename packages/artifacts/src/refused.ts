import { error, type Problem } from '@slipway/core/problem'
import type { Fault } from '@slipway/core/python/metadata/fault'

/** Makes the problem of a file that PyPI refuses. */
export function refusedFor(filename: string, { code, why, hint }: Fault): Problem {
  return error(code, `PyPI refuses ${filename}: ${why}.`, hint)
}
