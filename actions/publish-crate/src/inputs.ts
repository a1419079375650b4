import { flag, list, renamed, text } from '@slipway/runtime/inputs'

/** Inputs of publish-crate. */
export const spec = {
  path: text({ default: '.' }),
  tag: text(),
  manifest: text({ default: 'dist/manifest.json' }),
  'crates-token': renamed('token', text({ secret: true })),
  registry: text(),
  crates: list(),
  'github-token': text({ secret: true }),
  'test-pypi': flag({ default: false }),
}
