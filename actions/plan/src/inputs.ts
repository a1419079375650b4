import { choice, flag, text } from '@slipway/runtime/inputs'

/** Inputs of the root action. */
export const spec = {
  path: text({ default: '.' }),
  tag: text(),
  offline: flag({ default: false }),
  'github-token': text({ secret: true }),
  'fail-on': choice(['error', 'warning', 'never'], { default: 'error' }),
}
