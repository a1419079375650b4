import type { Ports } from '@slipway/core/ports'
import { CHANNELS } from '@slipway/registries/remotes'

/**
 * The token of each channel: what was given for it, else the first of its variables that is set.
 * @param mask told of each one from a variable as soon as it is read; those that were given are masked by then
 */
export function tokensOf(
  env: Ports['env'],
  given: Readonly<Record<string, string | undefined>>,
  mask: (secret: string) => void,
): Record<string, string | null> {
  return Object.fromEntries(
    CHANNELS.map(({ name, variables }) => {
      const found = given[name] || variables.map((each) => env[each]).find(Boolean) || null
      if (found !== null) mask(found)
      return [name, found]
    }),
  )
}
