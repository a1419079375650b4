import { flag, text } from './inputs.ts'

/** Inputs of an action that looks at a whole release: the project, the built files, and the login of every destination. */
export const releaseInputs = {
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
