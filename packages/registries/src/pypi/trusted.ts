import type { Ports } from '@slipway/core/ports'
import { error, type Problem } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { PYPI_TOKEN_USE_MS } from '../limits.ts'
import { type Dialect, jsonOf, messageAt, type Send, sender } from '../remote.ts'
import { formOf, inWords, sentOf, workflowIn } from '../trusted/form.ts'
import { type Claims, claimsOf } from '../trusted/id-token.ts'
import type { Exchange, Identity } from '../trusted/minted.ts'

/** An index with trusted publishing: its name, and the address of its legacy upload API. */
export interface TrustingIndex {
  name: string
  upload: string
}

/** PyPI reports a code and a sentence (warehouse/oidc/views.py). */
const DIALECT: Dialect = {
  messageOf: (response) => {
    const kind = messageAt(response, 'errors', 0, 'code')
    const description = messageAt(response, 'errors', 0, 'description')
    return kind === null ? messageAt(response, 'message') : `${kind}: ${description ?? ''}`
  },
}

/**
 * Returns the exchange of the job's identity for a PyPI or Test PyPI token (PyPI, "Trusted Publishers", "Internals and
 * Technical Details").
 */
export function indexExchange(
  ports: Pick<Ports, 'http' | 'clock'>,
  index: TrustingIndex,
  identity: Identity,
): Exchange {
  const send = sender(ports, DIALECT)
  const at = (path: string) => new URL(path, index.upload).href
  return {
    usable: PYPI_TOKEN_USE_MS,
    async mint() {
      const audience = await audienceOf(send, at('/_/oidc/audience'), index)
      const jwt = await identity.idToken(audience)
      const body = new TextEncoder().encode(JSON.stringify({ token: jwt }))
      const headers = { 'content-type': 'application/json', accept: 'application/json' }
      try {
        const answer = await send({ method: 'POST', url: at('/_/oidc/mint-token'), headers, body }, [200])
        const { token } = jsonOf<{ token?: unknown }>(answer)
        if (typeof token === 'string') return { token, publisher: formOf(claimsOf(jwt), 'job_workflow_ref') }
        throw new RemoteError('doubtful', 'the response contains no token')
      } catch (cause) {
        if (!(cause instanceof RemoteError)) throw cause
        throw explained(cause, jwt, index)
      }
    },
  }
}

/** Queries the audience of ID tokens that an index demands. Only PyPI and Test PyPI have the route. */
async function audienceOf(send: Send, url: string, { name }: TrustingIndex): Promise<string> {
  try {
    const { audience } = jsonOf<{ audience?: unknown }>(await send({ method: 'GET', url }, [200]))
    if (typeof audience === 'string') return audience
    throw new RemoteError('doubtful', 'the response contains no audience')
  } catch (cause) {
    if (!(cause instanceof RemoteError) || (cause.status !== 403 && cause.status !== 404)) throw cause
    const why =
      cause.status === 403 ? 'has turned off trusted publishing for now' : 'does not support trusted publishing'
    const hint = `Pass a token of ${name} as \`pypi-token\`, or rerun the job later.`
    const problem = error('trusted-publishing-refused', `${name} ${why} (${cause.message}).`, hint)
    throw new RemoteError('denied', cause.message, { ...cause, cause, problem })
  }
}

/** Adds to a failed exchange what the job sent, and what to change. */
function explained(cause: RemoteError, jwt: string, index: TrustingIndex): RemoteError {
  if (cause.failure === 'limited' || cause.failure === 'doubtful') return cause
  // An earlier try used the token, but its response was lost. A retry sends a fresh one.
  if (cause.message.includes('invalid-reuse-token')) return new RemoteError('doubtful', cause.message, cause)
  const problem = problemOf(cause.message, claimsOf(jwt), index)
  return new RemoteError('denied', cause.message, { ...cause, cause, problem })
}

function problemOf(said: string, claims: Claims, { name }: TrustingIndex): Problem {
  const form = formOf(claims, 'job_workflow_ref')
  const message = `${name} refused this job's trusted publishing login (${said}). Sent: ${sentOf(claims, 'job_workflow_ref')}.`
  const own = workflowIn(claims.job_workflow_ref)
  if (own && claims.repository && own.repository.toLowerCase() !== claims.repository.toLowerCase()) {
    const hint = `Publish in a job of the project's own workflow, with the action as a step, or pass a token: ${name} trusts workflows of the project's own repository only.`
    return error('trusted-publishing-reusable', message, hint)
  }
  if (own && said.includes('job_workflow_ref claim does not match')) {
    const hint = `Call the workflow as \`./.github/workflows/${own.file}\`, so that it has the ref of the run.`
    return error('trusted-publishing-reusable', message, hint)
  }
  if (claims.event_name === 'pull_request_target') {
    return error('trusted-publishing-event', message, 'Release from a workflow that runs on a pushed tag.')
  }
  if (said.includes('invalid-pending-publisher')) {
    const values = form ? `, with ${inWords(form)}` : ''
    const hint = `If the project is yours, add a publisher in its settings${values}; else choose another name. The project exists, so the pending publisher is void.`
    return error('trusted-publisher-pending', message, hint)
  }
  if (said.includes('invalid-publisher') && form) {
    const where = `On ${name}, under Publishing of the project (of your account, if the project does not exist yet), add a publisher for GitHub with`
    const days = 'PyPI drops a pending publisher after 30 days'
    const hint = `${where} ${inWords(form)}; or change the workflow to match the existing publisher. ${days}. Then rerun the failed job.`
    return error('trusted-publisher-missing', message, hint)
  }
  const hint = said.includes('unknown trusted publishing issuer')
    ? `Pass an API token as \`pypi-token\`: ${name} trusts jobs on github.com only.`
    : `Rerun the failed job; if ${name} refuses it again, pass an API token as \`pypi-token\`.`
  return error('trusted-publishing-refused', message, hint)
}
