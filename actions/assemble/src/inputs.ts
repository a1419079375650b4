import { ADOPT, UPLOADS } from '@slipway/release/job/choices'
import { choice, lines, text } from '@slipway/runtime/inputs'
import { selectionInputs } from '@slipway/runtime/release-inputs'

/** Inputs of assemble. */
export const spec = {
  path: text({ default: '.' }),
  tag: text(),
  builds: text(),
  out: text({ default: 'dist' }),
  ...selectionInputs,
  prebuilt: lines(),
  'prebuilt-artifacts': lines(),
  'missing-wheels': choice(['error', 'warning', 'ignore'], { default: 'error' }),
  adopt: choice(ADOPT, { default: 'published' }),
  upload: choice(UPLOADS, { default: 'auto' }),
}
