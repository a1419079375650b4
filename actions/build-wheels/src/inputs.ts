import { UPLOADS } from '@slipway/release/job/choices'
import { choice, flag, list, text } from '@slipway/runtime/inputs'

/** Inputs of build-wheels. */
export const spec = {
  path: text({ default: '.' }),
  tag: text(),
  out: text({ default: 'dist' }),
  package: list(),
  target: text(),
  interpreter: text(),
  sdist: flag({ default: true }),
  crates: flag({ default: false }),
  compatibility: text({ default: 'manylinux_2_17' }),
  zig: flag({ default: true }),
  upload: choice(UPLOADS, { default: 'auto' }),
}
