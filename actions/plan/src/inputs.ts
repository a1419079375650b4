import { choice, text } from '@slipway/runtime/inputs'

/** Inputs of the root action. */
export const spec = {
  path: text({ default: '.' }),
  tag: text(),
  'fail-on': choice(['error', 'warning', 'never'], { default: 'error' }),
}
