import type { Ports } from '@slipway/core/ports'
import { error, type Problem } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { type Dialect, jsonOf, messageAt, type Send, sender } from '../remote.ts'
import { formOf, inWords, sentOf, workflowIn } from '../trusted/form.ts'
import { type Claims, claimsOf } from '../trusted/id-token.ts'
import type { Exchange, Identity } from '../trusted/minted.ts'

/** An index, by its name and the address of its legacy upload API. */
export interface TrustingIndex {
  name: string
  upload: string
}

/** A token lives 15 minutes, and an upload is cut off after five. */
const USABLE = 9 * 60_000

/** PyPI tells a code and a sentence (warehouse/oidc/views.py). */
const DIALECT: Dialect = {
  messageOf: (response) => {
    const kind = messageAt(response, 'errors', 0, 'code')
    const description = messageAt(response, 'errors', 0, 'description')
    return kind === null ? messageAt(response, 'message') : `${kind}: ${description ?? ''}`
  },
}

/** Login to PyPI or Test PyPI by the identity of the job (PyPI's documentation, "Trusted Publishers": "Internals and Technical Details"). */
export function indexExchange(
  ports: Pick<Ports, 'http' | 'clock'>,
  index: TrustingIndex,
  identity: Identity,
): Exchange {
  const send = sender(ports, DIALECT)
  const at = (path: string) => new URL(path, index.upload).href
  return {
    usable: USABLE,
    async mint() {
      const audience = await audienceOf(send, at('/_/oidc/audience'), index)
      const jwt = await identity.idToken(audience)
      const body = new TextEncoder().encode(JSON.stringify({ token: jwt }))
      const headers = { 'content-type': 'application/json', accept: 'application/json' }
      try {
        const answer = await send({ method: 'POST', url: at('/_/oidc/mint-token'), headers, body }, [200])
        const { token } = jsonOf<{ token?: unknown }>(answer)
        if (typeof token === 'string') return token
        throw new RemoteError('doubtful', 'the answer holds no token')
      } catch (cause) {
        if (!(cause instanceof RemoteError)) throw cause
        throw explained(cause, jwt, index)
      }
    },
  }
}

/** For whom an index wants ID tokens to be. An index that is none of PyPI's has no such route. */
async function audienceOf(send: Send, url: string, { name }: TrustingIndex): Promise<string> {
  try {
    const { audience } = jsonOf<{ audience?: unknown }>(await send({ method: 'GET', url }, [200]))
    if (typeof audience === 'string') return audience
    throw new RemoteError('doubtful', 'the answer names no audience')
  } catch (cause) {
    if (!(cause instanceof RemoteError) || (cause.status !== 403 && cause.status !== 404)) throw cause
    const why = cause.status === 403 ? 'has trusted publishing turned off at the moment' : 'knows no trusted publishing'
    const hint = `Pass a token of ${name} as \`pypi-token\`, or run the job again later.`
    const problem = error('trusted-publishing-refused', `${name} ${why} (${cause.message}).`, hint)
    throw new RemoteError('denied', cause.message, { ...cause, cause, problem })
  }
}

/** A failed exchange with what was sent, and what to change. */
function explained(cause: RemoteError, jwt: string, index: TrustingIndex): RemoteError {
  if (cause.failure === 'limited' || cause.failure === 'doubtful') return cause
  // It was taken once, by a try whose answer was lost: another one may do.
  if (cause.message.includes('invalid-reuse-token')) return new RemoteError('doubtful', cause.message, cause)
  const problem = problemOf(cause.message, claimsOf(jwt), index)
  return new RemoteError('denied', cause.message, { ...cause, cause, problem })
}

function problemOf(said: string, claims: Claims, { name }: TrustingIndex): Problem {
  const form = formOf(claims, 'job_workflow_ref')
  const message = `${name} does not log this job in by trusted publishing (${said}). Sent: ${sentOf(claims, 'job_workflow_ref')}.`
  const own = workflowIn(claims.job_workflow_ref)
  if (own && claims.repository && own.repository.toLowerCase() !== claims.repository.toLowerCase()) {
    const hint = `${name} knows workflows of the project's own repository only: publish in a job of the project's own workflow, where the action may be a step; or pass a token.`
    return error('trusted-publishing-reusable', message, hint)
  }
  if (claims.event_name === 'pull_request_target') {
    return error('trusted-publishing-event', message, 'Release in a workflow that a pushed tag starts.')
  }
  if (said.includes('invalid-pending-publisher')) {
    const hint = `The project was made by somebody else meanwhile, and the pending publisher is void. If it is yours, add a publisher in its settings; else choose another name.`
    return error('trusted-publisher-pending', message, hint)
  }
  if (said.includes('invalid-publisher') && form) {
    const where = `On ${name}, under Publishing of the project (of your account, for a project that does not exist yet), add a publisher for GitHub with`
    const days = 'PyPI drops a pending publisher after 30 days'
    const hint = `${where} ${inWords(form)}; or change the workflow to match the existing publisher. ${days}. Then run the failed job again.`
    return error('trusted-publisher-missing', message, hint)
  }
  const hint = `Run the failed job again; if it is refused again, pass a token of ${name} as \`pypi-token\`.`
  return error('trusted-publishing-refused', message, hint)
}
