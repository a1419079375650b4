import { ATTESTATIONS } from '@slipway/release/job/choices'
import { choice, flag } from '@slipway/runtime/inputs'
import { releaseInputs, trustedInput } from '@slipway/runtime/release-inputs'

/** Inputs of preflight. */
export const spec = {
  ...releaseInputs,
  'trusted-publishing': trustedInput,
  attestations: choice(ATTESTATIONS, { default: 'auto' }),
  'replace-draft-assets': flag({ default: false }),
}
