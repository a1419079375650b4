import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { CratesClient } from '@slipway/registries/crates/client'
import { endpointsOf } from '@slipway/registries/endpoints'
import { CHANNELS } from '@slipway/registries/remotes'
import { idToken, mayRequestIdTokens } from '@slipway/registries/trusted/id-token'
import type { Identity } from '@slipway/registries/trusted/minted'

/**
 * Whether a step uses trusted publishing; `auto`: if it has no token and its job may request ID tokens.
 */
export const TRUSTED_PUBLISHING = ['auto', 'always', 'never'] as const
export type TrustedPublishing = (typeof TRUSTED_PUBLISHING)[number]

/** Options of trusted publishing. */
export interface TrustedOptions {
  /** Default: `auto`. */
  trustedPublishing?: TrustedPublishing | undefined
  /** Hides a secret. */
  mask(secret: string): void
  /** Called with every minted token, and with null once it is no longer valid, so that the post step can revoke it. */
  onToken?: ((channel: string, token: string | null) => void) | undefined
}

/** The logins of a step: tokens by channel, and the job's identity. */
export interface StepLogins {
  tokens: Record<string, string | null>
  /** null if trusted publishing is not used. */
  identity: Identity | null
}

/**
 * Checks that a job with `trusted-publishing: always` may request ID tokens.
 * @throws ProblemError `identity-missing`
 */
export function requireIdentity(
  env: Ports['env'],
  { trustedPublishing }: Pick<TrustedOptions, 'trustedPublishing'>,
): void {
  if (trustedPublishing === 'always' && !mayRequestIdTokens(env)) throw new ProblemError(identityMissing())
}

/**
 * Returns whether a job logs in by its identity to a channel that supports it.
 * @param token the job's token for the channel; null for none
 */
export function usesIdentity(
  env: Ports['env'],
  { trustedPublishing = 'auto' }: Pick<TrustedOptions, 'trustedPublishing'>,
  token: string | null,
): boolean {
  const isWanted = trustedPublishing === 'always' || (trustedPublishing === 'auto' && token === null)
  return isWanted && mayRequestIdTokens(env)
}

/**
 * Returns the logins that a step uses: tokens, or the identity of its job.
 * @param tokens by channel
 * @throws ProblemError `identity-missing` when trusted publishing is required and the job may not request ID tokens
 */
export function stepLogins(
  ports: Ports,
  options: TrustedOptions,
  tokens: Readonly<Record<string, string | null>>,
): StepLogins {
  const { env } = ports
  const { mask, onToken } = options
  requireIdentity(env, options)
  if (!usesIdentity(env, options, null)) return { tokens: { ...tokens }, identity: null }
  const trusting = CHANNELS.filter((each) => each.trusts).map((each) => each.name)
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
      Object.entries(tokens).map(([channel, token]) => {
        return [channel, trusting.includes(channel) && usesIdentity(env, options, token) ? null : token]
      }),
    ),
    identity,
  }
}

/** Revokes a crates.io token that a crashed step left behind; null if it left none. Throws RemoteError. */
export async function revokeCratesToken(ports: Ports, token: string | null): Promise<void> {
  if (token === null) return
  const { index } = endpointsOf(ports.env).crates
  await new CratesClient(ports, { index, token: null }).revoke(token)
  ports.log.info('Revoked the token that crates.io granted to this step.')
}

function identityMissing() {
  return error(
    'identity-missing',
    '`trusted-publishing: always` is set, but this job may not request ID tokens.',
    "Add `id-token: write` to the job's `permissions`; a job that lists permissions has no others.",
  )
}
