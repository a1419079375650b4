import { releaseInputs } from '@slipway/runtime/release-inputs'

/** Inputs of preflight. */
export const spec = releaseInputs
