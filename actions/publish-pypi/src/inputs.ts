import { ATTESTATIONS, INDEXES } from '@slipway/release/job/choices'
import { choice, flag, renamed, text } from '@slipway/runtime/inputs'
import { jobInputs, trustedInput } from '@slipway/runtime/release-inputs'

/** Inputs of publish-pypi. */
export const spec = {
  ...jobInputs,
  'packages-dir': text(),
  repository: choice(INDEXES, { default: 'pypi' }),
  'repository-url': text(),
  'index-url': text(),
  user: text({ default: '__token__' }),
  'pypi-token': renamed('password', text({ secret: true })),
  'trusted-publishing': trustedInput,
  'missing-wheels': choice(['error', 'warning', 'ignore'], { default: 'warning' }),
  attestations: choice(ATTESTATIONS, { default: 'auto' }),
  'github-token': text({ secret: true }),
  'test-pypi': flag({ default: false }),
}
