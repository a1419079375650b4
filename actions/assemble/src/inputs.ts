import { UPLOADS } from '@slipway/release/handover'
import { choice, list, text } from '@slipway/runtime/inputs'

/** Inputs of assemble. */
export const spec = {
  path: text({ default: '.' }),
  tag: text(),
  builds: text(),
  out: text({ default: 'dist' }),
  crates: list(),
  images: list({ default: 'auto' }),
  'missing-wheels': choice(['error', 'warning', 'ignore'], { default: 'error' }),
  upload: choice(UPLOADS, { default: 'auto' }),
}
