import { flag, list, renamed, text } from '@slipway/runtime/inputs'
import { jobInputs, trustedInput } from '@slipway/runtime/release-inputs'

/** Inputs of publish-crate. */
export const spec = {
  ...jobInputs,
  'crates-token': renamed('token', text({ secret: true })),
  'trusted-publishing': trustedInput,
  registry: text(),
  crates: list(),
  'github-token': text({ secret: true }),
  'test-pypi': flag({ default: false }),
}
