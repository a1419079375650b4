import { choice, flag, text } from '@slipway/runtime/inputs'
import { selectionInputs } from '@slipway/runtime/release-inputs'

/** Inputs of the root action. */
export const spec = {
  path: text({ default: '.' }),
  tag: text(),
  ...selectionInputs,
  offline: flag({ default: false }),
  'github-token': text({ secret: true }),
  'fail-on': choice(['error', 'warning', 'never'], { default: 'error' }),
}
