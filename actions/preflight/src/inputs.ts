import { flag } from '@slipway/runtime/inputs'
import { releaseInputs, trustedInput } from '@slipway/runtime/release-inputs'

/** Inputs of preflight. */
export const spec = {
  ...releaseInputs,
  'trusted-publishing': trustedInput,
  'replace-draft-assets': flag({ default: false }),
}
