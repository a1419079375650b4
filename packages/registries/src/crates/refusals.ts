import { error, type Problem } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'

/** The hint about a crate that accepts trusted publishing only. */
export const TRUSTED_ONLY_HINT =
  'Grant the job `id-token: write` and pass no token, or lift the restriction in the settings of the crate on crates.io.'

/**
 * Messages of crates.io's 403 for a publish request, and their problems (crates.io, src/controllers/krate/publish.rs).
 */
const REFUSALS: readonly { said: RegExp; code: string; hint: string }[] = [
  {
    said: /only be published using Trusted Publishing/i,
    code: 'crate-trusted-publishing-only',
    hint: TRUSTED_ONLY_HINT,
  },
  {
    said: /Trusted Publishing tokens do not support creating new crates/i,
    code: 'crate-first-version',
    hint: 'Publish this version with an API token that may publish new crates (`crates-token`), then set up Trusted Publishing in the settings of the crate.',
  },
  {
    said: /provided access token is not valid for crate/i,
    code: 'trusted-publisher-missing',
    hint: 'Add the trusted publisher of the other crates in the settings of this crate on crates.io.',
  },
  {
    said: /does not have the required permissions|don't seem to be an owner/i,
    code: 'crate-not-yours',
    hint: 'Use a token of an owner of this crate, with the scope publish-new for a first version, publish-update otherwise.',
  },
]

/** Adds a problem with a hint to a refused publish request, by crates.io's message. */
export function explainedRefusal(cause: RemoteError, crate: string): RemoteError {
  const found = REFUSALS.find((each) => each.said.test(cause.message))
  if (!found || cause.failure === 'doubtful' || cause.failure === 'limited') return cause
  return new RemoteError(cause.failure, cause.message, { ...cause, cause, problem: problemOf(cause, crate, found) })
}

function problemOf(cause: RemoteError, crate: string, { code, hint }: { code: string; hint: string }): Problem {
  return error(code, `crates.io refuses ${crate}: ${cause.message}`, hint)
}

/** Returns the error for first versions, which trusted publishing cannot publish. */
export function newCrates(names: readonly string[]): RemoteError {
  const all = names.join(', ')
  const message = `crates.io has no crate ${all} yet, and trusted publishing cannot publish a first version.`
  const hint = `Pass an API token that may publish new crates as \`crates-token\` once; then set up Trusted Publishing in the settings of ${all}.`
  return new RemoteError('denied', message, { problem: error('crate-first-version', message, hint) })
}

/** Returns the error for crates whose settings forbid API tokens (`trustpub_only` in the crate's JSON). */
export function onlyTrusted(names: readonly string[]): RemoteError {
  const message = `crates.io accepts new versions of ${names.join(', ')} by trusted publishing only, and this job has an API token.`
  return new RemoteError('denied', message, {
    problem: error('crate-trusted-publishing-only', message, TRUSTED_ONLY_HINT),
  })
}
