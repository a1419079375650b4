import { error } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { inWords } from '../trusted/form.ts'
import { publisherOfSecret, type Secret } from '../trusted/minted.ts'

/** The hint about a crate that accepts trusted publishing only. */
export const TRUSTED_ONLY_HINT =
  'Grant the job `id-token: write` and pass no token, or lift the restriction in the settings of the crate on crates.io.'

/** The ways to publish a first version, which trusted publishing cannot. */
export const FIRST_VERSION_HINT = `Reserve the name: publish 0.0.0 by hand. Or pass a token with the scope publish-new once, to preflight and publish-crate: \`crates-token: "\${{ secrets.CARGO_REGISTRY_TOKEN }}"\`. Then add the trusted publisher in the settings of the crate.`

/**
 * Messages of crates.io's 403 for a publish request, and their problems (crates.io, src/controllers/krate/publish.rs).
 */
const REFUSALS: readonly { said: RegExp; code: string; hint: string | ((publisher: string) => string) }[] = [
  {
    said: /only be published using Trusted Publishing/i,
    code: 'crate-trusted-publishing-only',
    hint: TRUSTED_ONLY_HINT,
  },
  {
    said: /Trusted Publishing tokens do not support creating new crates/i,
    code: 'crate-first-version',
    hint: FIRST_VERSION_HINT,
  },
  {
    said: /provided access token is not valid for crate/i,
    code: 'trusted-publisher-missing',
    hint: (publisher) =>
      `On crates.io, under Trusted Publishing in the settings of this crate, add a publisher with ${publisher}. Then rerun the failed job.`,
  },
  {
    said: /does not have the required permissions|don't seem to be an owner/i,
    code: 'crate-not-yours',
    hint: 'Use a token of an owner of this crate, with the scope publish-new for a first version, publish-update otherwise.',
  },
]

/** Adds a problem with a hint to a refused publish request, by crates.io's message. */
export function explainedRefusal(cause: RemoteError, crate: string, token: Secret | null): RemoteError {
  const found = REFUSALS.find((each) => each.said.test(cause.message))
  if (!found || cause.failure === 'doubtful' || cause.failure === 'limited') return cause
  const publisher = publisherOfSecret(token)
  const values = publisher ? inWords(publisher) : 'the values of the other crates'
  const hint = typeof found.hint === 'string' ? found.hint : found.hint(values)
  const problem = error(found.code, `crates.io refuses ${crate}: ${cause.message}`, hint)
  return new RemoteError(cause.failure, cause.message, { ...cause, cause, problem })
}

/** Returns the error for first versions, which trusted publishing cannot publish. */
export function newCrates(names: readonly string[]): RemoteError {
  const all = names.join(', ')
  const message = `crates.io has no crate ${all} yet, and trusted publishing cannot publish a first version.`
  return new RemoteError('denied', message, { problem: error('crate-first-version', message, FIRST_VERSION_HINT) })
}

/** Returns the error for crates whose settings forbid API tokens (`trustpub_only` in the crate's JSON). */
export function onlyTrusted(names: readonly string[]): RemoteError {
  const message = `crates.io accepts new versions of ${names.join(', ')} by trusted publishing only, and this job has an API token.`
  return new RemoteError('denied', message, {
    problem: error('crate-trusted-publishing-only', message, TRUSTED_ONLY_HINT),
  })
}
