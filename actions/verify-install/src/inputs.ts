import { SOURCES } from '@slipway/release/job/choices'
import { choice } from '@slipway/runtime/inputs'
import { jobInputs } from '@slipway/runtime/release-inputs'

/** Inputs of verify-install. */
export const spec = { from: choice(SOURCES, { default: 'pypi' }), ...jobInputs }
