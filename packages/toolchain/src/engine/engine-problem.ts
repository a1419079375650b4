import { error, type Problem } from '@slipway/core/problem'

/** Makes the problem of an engine that is not installed. */
export function noEngine(what: string, hint: string): Problem {
  return error('no-engine', `${what}, so it cannot build the image.`, hint)
}

/** Makes the problem of an engine that is installed but cannot build the image. */
export function unusable(what: string, hint: string): Problem {
  return error('engine-unusable', `${what}, so the image cannot be built here.`, hint)
}

/** The hint where only docker's own builder is available. */
export const USE_A_BUILDER =
  'Run `docker buildx create --use` first; in a workflow, use docker/setup-buildx-action in an earlier step.'
