import { releaseInputs } from '@slipway/runtime/release-inputs'

/** Inputs of report. */
export const spec = releaseInputs
