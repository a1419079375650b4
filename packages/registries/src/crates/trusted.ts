import { error, type Problem } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { CRATES_TOKEN_USE_MS } from '../limits.ts'
import { formOf, inWords, sentOf } from '../trusted/form.ts'
import { claimsOf } from '../trusted/id-token.ts'
import type { Exchange, Identity } from '../trusted/minted.ts'
import type { CratesClient } from './client.ts'

/** The audience of ID tokens that crates.io demands. */
const AUDIENCE = 'crates.io'

/** Returns the exchange of the job's identity for a crates.io token. */
export function cratesExchange(client: CratesClient, identity: Identity): Exchange {
  return {
    usable: CRATES_TOKEN_USE_MS,
    async mint() {
      const jwt = await identity.idToken(AUDIENCE)
      try {
        return { token: await client.exchange(jwt), publisher: formOf(claimsOf(jwt), 'workflow_ref') }
      } catch (cause) {
        if (!(cause instanceof RemoteError)) throw cause
        throw explained(cause, jwt)
      }
    },
    revoke: (token) => client.revoke(token),
  }
}

/** Adds to a failed exchange what the job sent, and what to change. */
function explained(cause: RemoteError, jwt: string): RemoteError {
  if (cause.failure === 'limited' || cause.failure === 'doubtful') return cause
  // A retry sends a fresh ID token: a lost response may have used this one (`JWT has already been used`).
  if (/already been used/.test(cause.message)) return new RemoteError('doubtful', cause.message, cause)
  return new RemoteError('denied', cause.message, { ...cause, cause, problem: problemOf(cause.message, jwt) })
}

/** Returns the problem for crates.io's refusal (src/controllers/trustpub/tokens/exchange/mod.rs), with the fix. */
function problemOf(said: string, jwt: string): Problem {
  const claims = claimsOf(jwt)
  const form = formOf(claims, 'workflow_ref')
  const message = `crates.io refused this job's trusted publishing login (${said}). Sent: ${sentOf(claims, 'workflow_ref')}.`
  if (/^HTTP \d+: No Trusted Publishing config found|does not match|requires an environment/.test(said) && form) {
    const place = 'On crates.io, under Trusted Publishing in the settings of each crate, add a publisher with'
    const alter = 'or change the workflow to match the existing publisher'
    const code = /No Trusted Publishing config/.test(said) ? 'trusted-publisher-missing' : 'trusted-publisher-differs'
    return error(code, message, `${place} ${inWords(form)}; ${alter}. Then rerun the failed job.`)
  }
  if (/pull_request_target|workflow_run/.test(said)) {
    return error('trusted-publishing-event', message, 'Release from a workflow that runs on a pushed tag.')
  }
  const hint = /Unsupported JWT issuer/.test(said)
    ? 'Pass an API token as `crates-token`: crates.io trusts jobs on github.com only.'
    : 'Rerun the failed job; if crates.io refuses it again, pass an API token as `crates-token`.'
  return error('trusted-publishing-refused', message, hint)
}
