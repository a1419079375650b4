import { flag, text } from '@slipway/runtime/inputs'

/** Inputs of preflight. */
export const spec = {
  path: text({ default: '.' }),
  tag: text(),
  manifest: text({ default: 'dist/manifest.json' }),
  'crates-token': text({ secret: true }),
  'pypi-token': text({ secret: true }),
  'test-pypi-token': text({ secret: true }),
  'test-pypi': flag({ default: false }),
  'github-token': text({ secret: true }),
  'dockerhub-username': text(),
  'dockerhub-token': text({ secret: true }),
}
