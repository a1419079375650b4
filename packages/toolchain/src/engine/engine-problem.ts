import { error, type Problem } from '@slipway/core/problem'

/**
 * Makes the problem of an engine that is not installed.
 * @param so what follows from it
 */
export function noEngine(what: string, hint: string, so = 'it cannot build the image'): Problem {
  return error('no-engine', `${what}, so ${so}.`, hint)
}

/**
 * Makes the problem of an engine that is installed but cannot do what it has to.
 * @param so what follows from it
 */
export function unusable(what: string, hint: string, so = 'the image cannot be built here'): Problem {
  return error('engine-unusable', `${what}, so ${so}.`, hint)
}

/** The hint where only docker's own builder is available. */
export const USE_A_BUILDER =
  'Run `docker buildx create --use` first; in a workflow, use docker/setup-buildx-action in an earlier step.'
