import { text } from '@slipway/runtime/inputs'

/** Inputs of gate. */
export const spec = { path: text({ default: '.' }), tag: text() }
