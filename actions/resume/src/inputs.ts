import { UPLOADS } from '@slipway/release/job/choices'
import { choice, text } from '@slipway/runtime/inputs'

/** Inputs of resume. */
export const spec = {
  tag: text(),
  out: text({ default: 'dist' }),
  'github-token': text({ secret: true }),
  'dockerhub-username': text(),
  'dockerhub-token': text({ secret: true }),
  upload: choice(UPLOADS, { default: 'auto' }),
}
