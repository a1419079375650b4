import { choice, flag, lines, renamed, text } from '@slipway/runtime/inputs'
import { jobInputs } from '@slipway/runtime/release-inputs'

/** Inputs of create-release. */
export const spec = {
  ...jobInputs,
  'github-token': renamed('token', text({ secret: true })),
  'release-id': text(),
  name: text(),
  files: lines(),
  'make-latest': choice(['auto', 'true', 'false', 'legacy'], { default: 'auto' }),
  'missing-wheels': choice(['error', 'warning', 'ignore'], { default: 'warning' }),
  draft: flag({ default: false }),
  'replace-draft-assets': flag({ default: false }),
  'test-pypi': flag({ default: false }),
}
