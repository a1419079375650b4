import { REPAIRS } from '@slipway/core/repair'
import { STRATEGIES } from '@slipway/core/strategy'
import { UPLOADS } from '@slipway/release/job/choices'
import { choice, flag, integer, lines, list, renamed, text } from '@slipway/runtime/inputs'

/** Inputs of build-wheels. */
export const spec = {
  path: text({ default: '.' }),
  tag: text(),
  out: text({ default: 'dist' }),
  package: list(),
  target: list(),
  interpreter: list(),
  sdist: flag({ default: true }),
  crates: flag({ default: false }),
  manylinux: renamed('compatibility', text()),
  zig: flag({ default: true }),
  profile: text(),
  features: list(),
  args: text(),
  strip: flag({ default: false }),
  'before-build': text(),
  container: text(),
  repair: choice(REPAIRS),
  universal2: flag({ default: false }),
  strategy: choice(STRATEGIES, { default: 'native' }),
  'source-date-epoch': integer({ min: 315532800, max: 4354819199 }),
  'test-python': list({ default: 'all' }),
  'test-emulators': list({ default: 'all' }),
  'test-container': list(),
  'test-imports': list(),
  'test-extras': list(),
  'test-requires': lines(),
  'test-command': text(),
  'test-sdist': choice(['metadata', 'wheel', 'none'], { default: 'metadata' }),
  'require-executed': flag({ default: false }),
  upload: choice(UPLOADS, { default: 'auto' }),
}
