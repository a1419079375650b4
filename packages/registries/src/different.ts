import type { Probe } from '@slipway/core/publisher'

/** Returns the probe of a file that a registry has with another sha256 than ours. @param at the file in the registry */
export function differentFile(at: { url?: string; digest: string }, there: string, here: string): Probe {
  return { state: 'different', ...at, detail: `sha256 ${there.slice(0, 12)} there, ${here.slice(0, 12)} here` }
}
