import type { Ports } from '@slipway/core/ports'
import type { ChannelLogin, Credentials } from '@slipway/registries/inquiry'
import { CHANNELS } from '@slipway/registries/remotes'
import { mayRequestIdTokens } from '@slipway/registries/trusted/id-token'

/**
 * Returns the credentials of a job, by variable name.
 * @param githubToken replaces the environment's
 */
export function credentialsOf(env: Ports['env'], githubToken?: string): Credentials {
  const hasIdentity = mayRequestIdTokens(env)
  const logins = CHANNELS.map(({ name, variables, trusts }): [string, ChannelLogin | null] => {
    const found = variables.find((each) => env[each])
    if (found !== undefined) return [name, { kind: 'token', words: `token of ${found}` }]
    return [name, hasIdentity && trusts ? { kind: 'identity', words: 'trusted publishing' } : null]
  })
  const token = githubToken || env.GITHUB_TOKEN || env.GH_TOKEN || null
  return { logins: Object.fromEntries(logins), githubToken: token, hasIdentity }
}
