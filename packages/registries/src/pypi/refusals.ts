import { loginRefused } from '@slipway/core/preflight'
import { error, type Problem } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { inWords } from '../trusted/form.ts'
import { MintedToken, publisherOfSecret, type Secret } from '../trusted/minted.ts'

/** Refusals of everybody's uploads, sent before the login is checked (warehouse/forklift/decorators.py). */
const CLOSED = /: (?:Read-only mode|New uploads are temporarily disabled)/
/** The granted token is for another project, which may have been created for a pending publisher (forklift/legacy.py). */
const NEW_PROJECT = /Non-user identities cannot create new projects/
/** The granted token is for other projects (warehouse/macaroons/caveats). */
const OTHER_PROJECT = /OIDC scoped token is not valid for project/
const UNKNOWN_TOKEN = /Invalid or non-existent authentication/i

/** The upload that an index refused. */
export interface RefusedUpload {
  /** Display name of the index. */
  index: string
  project: string
  token: Secret | null
}

/** Returns whether an index refuses the uploads of everybody for now. */
export function isClosed({ message }: RemoteError): boolean {
  return CLOSED.test(message)
}

/** Adds a problem with a hint to a refused upload, by PyPI's message. */
export function explainedRefusal(cause: RemoteError, upload: RefusedUpload): RemoteError {
  if (cause.failure !== 'denied' && cause.failure !== 'refused') return cause
  const problem = problemOf(cause, upload)
  return problem ? new RemoteError(cause.failure, cause.message, { ...cause, cause, problem }) : cause
}

function problemOf(cause: RemoteError, { index, project, token }: RefusedUpload): Problem | null {
  const message = `${index} refuses ${project}: ${cause.message}`
  if (isClosed(cause)) return error('remote-denied', message, 'Rerun the failed job later: nobody can upload now.')
  // The first upload may be the first request that has the token.
  if (UNKNOWN_TOKEN.test(cause.message)) return token instanceof MintedToken ? null : loginRefused(index)
  const isNew = NEW_PROJECT.test(cause.message)
  if (!isNew && !OTHER_PROJECT.test(cause.message)) return null
  const publisher = publisherOfSecret(token)
  const values = publisher ? inWords(publisher) : 'the values of this job'
  const place = isNew
    ? `of your account, add a pending publisher for the project \`${project}\``
    : `of the project \`${project}\`, add a publisher for GitHub`
  const hint = `On ${index}, under Publishing ${place}, with ${values}. Then rerun the failed job.`
  return error('trusted-publisher-missing', message, hint)
}
