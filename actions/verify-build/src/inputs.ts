import { flag, text } from '@slipway/runtime/inputs'

/** Inputs of verify-build. */
export const spec = {
  manifest: text({ default: 'dist/manifest.json' }),
  against: text({ required: true }),
  'fail-on-difference': flag({ default: true }),
}
