import { UPLOADS } from '@slipway/release/handover'
import { choice, flag, list, text } from '@slipway/runtime/inputs'

/** Inputs of assemble. */
export const spec = {
  path: text({ default: '.' }),
  tag: text(),
  builds: text(),
  out: text({ default: 'dist' }),
  crates: list(),
  images: flag({ default: true }),
  'missing-wheels': choice(['error', 'warning', 'ignore'], { default: 'error' }),
  upload: choice(UPLOADS, { default: 'auto' }),
}
