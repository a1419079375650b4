import { list, text } from '@slipway/runtime/inputs'

/** Inputs of publish-crate. */
export const spec = {
  path: text({ default: '.' }),
  token: text({ secret: true }),
  registry: text(),
  crates: list(),
}
