import type { Ports } from '@slipway/core/ports'
import { sandboxOf } from '@slipway/core/sandbox'
import { sandboxLogins } from '@slipway/registries/endpoints'
import { CHANNELS } from '@slipway/registries/remotes'

/**
 * The token of each channel: what was given for it, else the first of its variables that is set. In a sandbox the sandbox's
 * own takes the place of each that is there: a real one is sent nowhere.
 * @param mask told of each one from a variable as soon as it is read; those that were given are masked by then
 */
export function tokensOf(
  env: Ports['env'],
  given: Readonly<Record<string, string | undefined>>,
  mask: (secret: string) => void,
): Record<string, string | null> {
  const sandbox = sandboxOf(env)
  const local = sandbox && sandboxLogins(sandbox).tokens
  return Object.fromEntries(
    CHANNELS.map(({ name, variables }) => {
      const found = given[name] || variables.map((each) => env[each]).find(Boolean) || null
      if (found !== null) mask(found)
      return [name, found !== null && local ? (local[name] ?? null) : found]
    }),
  )
}
