import { choice, text } from '@slipway/runtime/inputs'

/** Inputs of publish-pypi. */
export const spec = {
  path: text({ default: '.' }),
  'packages-dir': text({ default: 'dist' }),
  'repository-url': text(),
  'index-url': text(),
  user: text({ default: '__token__' }),
  password: text({ secret: true }),
  'missing-wheels': choice(['error', 'warning', 'ignore'], { default: 'warning' }),
}
