import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { CratesClient } from '@slipway/registries/crates/client'
import { endpointsOf } from '@slipway/registries/endpoints'
import { CHANNELS } from '@slipway/registries/remotes'
import { idToken, mayRequestIdTokens } from '@slipway/registries/trusted/id-token'
import type { Identity } from '@slipway/registries/trusted/minted'

/**
 * Whether a step logs in by its job's identity: `auto` where it has no token and its job may request ID tokens.
 */
export const TRUSTED_PUBLISHING = ['auto', 'always', 'never'] as const
export type TrustedPublishing = (typeof TRUSTED_PUBLISHING)[number]

/** How a step learns who publishes. */
export interface TrustedOptions {
  /** Without it, `auto`. */
  trustedPublishing?: TrustedPublishing | undefined
  /** Hides a secret. */
  mask(secret: string): void
  /** Told of every token that is minted, and with `null` that it is worthless: for whoever cleans up after a crash. */
  onToken?: ((channel: string, token: string | null) => void) | undefined
}

/** The logins of a step: tokens by channel, and how it proves who it is. */
export interface StepLogins {
  tokens: Record<string, string | null>
  /** null where it does not. */
  identity: Identity | null
}

/**
 * Makes sure that a job which is to log in by its identity may.
 * @throws ProblemError `identity-missing`
 */
export function requireIdentity(
  env: Ports['env'],
  { trustedPublishing }: Pick<TrustedOptions, 'trustedPublishing'>,
): void {
  if (trustedPublishing === 'always' && !mayRequestIdTokens(env)) throw new ProblemError(identityMissing())
}

/**
 * The logins that a step uses, of those that it has.
 * @param tokens by channel, as they were given or found
 * @throws ProblemError `identity-missing` where trusted publishing is demanded of a job that may request no ID tokens
 */
export function stepLogins(
  ports: Ports,
  { trustedPublishing = 'auto', mask, onToken }: TrustedOptions,
  tokens: Readonly<Record<string, string | null>>,
): StepLogins {
  const { env } = ports
  requireIdentity(env, { trustedPublishing })
  if (trustedPublishing === 'never' || !mayRequestIdTokens(env)) return { tokens: { ...tokens }, identity: null }
  const trusting = CHANNELS.filter((each) => each.trusts).map((each) => each.name)
  const isLeft = (channel: string) => trustedPublishing === 'always' && trusting.includes(channel)
  const identity: Identity = {
    async idToken(audience) {
      const token = await idToken(ports, audience)
      mask(token)
      return token
    },
    onToken(channel, token) {
      if (token !== null) mask(token)
      onToken?.(channel, token)
    },
  }
  return {
    tokens: Object.fromEntries(
      Object.entries(tokens).map(([channel, token]) => [channel, isLeft(channel) ? null : token]),
    ),
    identity,
  }
}

/** Takes back a token of crates.io that a step was granted and could not give back itself. Throws RemoteError. */
export async function revokeCratesToken(ports: Ports, token: string): Promise<void> {
  const { index } = endpointsOf(ports.env).crates
  await new CratesClient(ports, { index, token: null }).revoke(token)
  ports.log.info('The token that crates.io had granted to this step is revoked.')
}

function identityMissing() {
  return error(
    'identity-missing',
    '`trusted-publishing: always` is set, but this job may not request ID tokens, so no registry can know it.',
    "Add `id-token: write` to the job's `permissions`; a job that names permissions has no others.",
  )
}
