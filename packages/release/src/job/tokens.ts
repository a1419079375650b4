import type { Ports } from '@slipway/core/ports'
import { sandboxOf } from '@slipway/core/sandbox'
import { CHANNELS } from '@slipway/registries/remotes'
import { sandboxLogins } from '@slipway/registries/sandbox-logins'

/**
 * Returns the token of each channel: the given one, else that of the first variable that is set. In a sandbox, the
 * sandbox's token replaces each, so that a real one is never sent.
 * @param mask hides each token as soon as it is read
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
