import { bearer, opened, sealed } from '../jwt.ts'
import { json, Refusal, type Request } from '../service.ts'
import type { Store } from '../store.ts'
import { backendIds, type Job, type State } from './state.ts'

/** Context of the service's methods. */
export interface Setting {
  store: Store<State>
  /** Signs runtime tokens and blob addresses. */
  secret: string
  /** Whether a name used by an earlier attempt is refused. */
  conflicts: boolean
}

/** A call of a method: the request, and the job that sent it with its backend ids. */
export interface Call extends Setting {
  request: Request
  /** The body's fields, by their protobuf names. */
  body: Record<string, unknown>
  attempt: number
  runId: string
  jobId: string
}

/** Returns the runtime token of a job. The client reads the backend ids from `scp`. */
export function tokenOf(state: Readonly<State>, job: Job, secret: string): string {
  const { runId, jobId } = backendIds(state, job)
  return sealed(secret, { scp: `Actions.Results:${runId}:${jobId}`, attempt: job.attempt })
}

/**
 * Authenticates a request and reads its body.
 * @throws Refusal 401 without a token of this service, 403 if the request names another run
 */
export function callOf(request: Request, setting: Setting): Call {
  const claims = opened(setting.secret, bearer(request.headers.authorization) ?? '')
  const [scope, runId = '', jobId = ''] = String(claims?.scp).split(':')
  if (!claims || scope !== 'Actions.Results') throw refusal(401, 'unauthenticated', 'invalid runtime token')
  const body = fieldsOf(request)
  if (body.workflow_run_backend_id !== runId) {
    throw refusal(403, 'permission_denied', 'the token is not one of this workflow run')
  }
  return { ...setting, request, body, attempt: Number(claims.attempt), runId, jobId }
}

/** Throws a Refusal of 403 if a job writes in another's name. */
export function checkJob({ body, jobId }: Call): void {
  if (body.workflow_job_run_backend_id === jobId) return
  throw refusal(403, 'permission_denied', 'the token is not one of this job')
}

/**
 * Returns the body's fields by their protobuf names; JSON may spell them either way (protobuf, "ProtoJSON Format").
 * @throws Refusal 400
 */
function fieldsOf({ body }: Request): Record<string, unknown> {
  try {
    const fields = JSON.parse(body.toString('utf8')) as object
    const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    return Object.fromEntries(Object.entries(fields).map(([name, value]) => [snake(name), value ?? undefined]))
  } catch {
    throw refusal(400, 'malformed', 'the json request could not be decoded')
  }
}

/**
 * Returns a field that must be a non-empty string.
 * @throws Refusal 400
 */
export function stringField(body: Record<string, unknown>, field: string): string {
  const value = body[field]
  if (typeof value === 'string' && value !== '') return value
  throw refusal(400, 'invalid_argument', `${field} is required`)
}

/** Returns a refusal in Twirp's form ("Twirp Wire Protocol", Error Codes). */
export function refusal(status: number, code: string, msg: string): Refusal {
  return new Refusal(json(status, { code, msg }))
}

/** Returns the refusal for an unknown artifact. */
export const notFound = () => refusal(404, 'not_found', 'artifact not found')
