import { error, type Problem } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { formOf, inWords, sentOf } from '../trusted/form.ts'
import { claimsOf } from '../trusted/id-token.ts'
import type { Exchange, Identity } from '../trusted/minted.ts'
import type { CratesClient } from './client.ts'

/** For whom crates.io wants ID tokens to be. */
const AUDIENCE = 'crates.io'

/** A token lives 30 minutes, and no upload waits for more than two. */
const USABLE = 25 * 60_000

/** Login to crates.io by the identity of the job. */
export function cratesExchange(client: CratesClient, identity: Identity): Exchange {
  return {
    usable: USABLE,
    async mint() {
      const jwt = await identity.idToken(AUDIENCE)
      try {
        return await client.exchange(jwt)
      } catch (cause) {
        if (!(cause instanceof RemoteError)) throw cause
        throw explained(cause, jwt)
      }
    },
    revoke: (token) => client.revoke(token),
  }
}

/** A failed exchange with what was sent, and what to change. */
function explained(cause: RemoteError, jwt: string): RemoteError {
  if (cause.failure === 'limited' || cause.failure === 'doubtful') return cause
  // A token that was taken once, or was issued too early for their clock: another may do (`JWT has already been used`).
  if (/already been used/.test(cause.message)) return new RemoteError('doubtful', cause.message, cause)
  return new RemoteError('denied', cause.message, { ...cause, cause, problem: problemOf(cause.message, jwt) })
}

/** What crates.io says (src/controllers/trustpub/tokens/exchange/mod.rs), and what it takes to satisfy it. */
function problemOf(said: string, jwt: string): Problem {
  const claims = claimsOf(jwt)
  const form = formOf(claims, 'workflow_ref')
  const message = `crates.io does not log this job in by trusted publishing (${said}). Sent: ${sentOf(claims, 'workflow_ref')}.`
  if (/^HTTP \d+: No Trusted Publishing config found|does not match|requires an environment/.test(said) && form) {
    const place = 'On crates.io, in the settings of each crate under Trusted Publishing, add a publisher with'
    const alter = 'or change the workflow to match the existing publisher'
    const code = /No Trusted Publishing config/.test(said) ? 'trusted-publisher-missing' : 'trusted-publisher-differs'
    return error(code, message, `${place} ${inWords(form)}; ${alter}. Then run the failed job again.`)
  }
  if (/pull_request_target|workflow_run/.test(said)) {
    return error('trusted-publishing-event', message, 'Release in a workflow that a pushed tag starts.')
  }
  const hint = 'Run the failed job again; if it is refused again, pass a token of crates.io as `crates-token`.'
  return error('trusted-publishing-refused', message, hint)
}
