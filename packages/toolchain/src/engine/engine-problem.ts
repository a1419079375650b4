import { error, type Problem } from '@slipway/core/problem'

/** The problem of an engine that is not there. */
export function noEngine(what: string, hint: string): Problem {
  return error('no-engine', `${what}, so it cannot build the image.`, hint)
}

/** The problem of an engine that is there and of no use. */
export function unusable(what: string, hint: string): Problem {
  return error('engine-unusable', `${what}, so the image cannot be built here.`, hint)
}

/** What to do where the builder is the one that comes with docker. */
export const USE_A_BUILDER =
  'Run `docker buildx create --use` first; in a workflow, use docker/setup-buildx-action in an earlier step.'
