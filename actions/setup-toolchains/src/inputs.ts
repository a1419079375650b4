import { flag, text } from '@slipway/runtime/inputs'

/** Inputs of setup-toolchains. */
export const spec = { path: text({ default: '.' }), tag: text(), zig: flag({ default: true }) }
