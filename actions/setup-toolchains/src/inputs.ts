import { choice, flag, list, text } from '@slipway/runtime/inputs'

/** Inputs of setup-toolchains. */
export const spec = {
  path: text({ default: '.' }),
  tag: text(),
  package: list(),
  rust: text(),
  targets: list(),
  components: list(),
  profile: text(),
  python: list(),
  maturin: text(),
  zig: flag({ default: true }),
  cache: choice(['auto', 'true', 'false'], { default: 'auto' }),
  'cache-key': text(),
  sccache: flag({ default: false }),
  matcher: flag({ default: true }),
}
