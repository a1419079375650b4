import { choice, flag, lines, text } from '@slipway/runtime/inputs'

/** Inputs of create-release. */
export const spec = {
  path: text({ default: '.' }),
  token: text({ secret: true }),
  tag: text(),
  name: text(),
  files: lines(),
  'make-latest': choice(['true', 'false', 'legacy'], { default: 'legacy' }),
  'missing-wheels': choice(['error', 'warning', 'ignore'], { default: 'warning' }),
  draft: flag({ default: false }),
}
