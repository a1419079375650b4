import type { Answer } from '../service.ts'
import { sha256 } from '../store.ts'
import { type Call, locationOf } from './call.ts'
import { refusal } from './refusal.ts'
import type { Session, State } from './state.ts'

/** Bytes that a session has got so far. */
export function offset(session: Session): number {
  return session.parts.reduce((sum, each) => sum + each.size, 0)
}

/**
 * The session of a call. Throws a Refusal of 404, also when the address is not as it was given ("It SHOULD NOT be
 * assembled manually by clients").
 */
export function find(call: Call, state: Readonly<State>): Session {
  const session = state.sessions.find((each) => each.id === call.params.id && each.repository === call.name)
  if (!session) throw refusal(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry')
  if (call.locations === 'distribution' && call.request.query.get('_state') !== stateOf(session)) {
    throw refusal(404, 'BLOB_UPLOAD_INVALID', 'blob upload invalid')
  }
  return session
}

/** The query of a session's address: no secret, but nothing that a client would make up. */
function stateOf(session: Session): string {
  return sha256(session.id).slice(0, 16)
}

/**
 * A chunk that says where it belongs must go on where the session is ("Pushing a blob in chunks"). Throws a Refusal:
 * 416 with how far the session is; 400 when the header is malformed or, for a `whole` body, does not fit it.
 */
export function checkRange(call: Call, session: Session, whole: boolean): void {
  const header = call.request.headers['content-range']
  if (header === undefined) return
  const [, first, last] = /^(\d+)-(\d+)$/.exec(header) ?? []
  if (first === undefined) throw refusal(400, 'BLOB_UPLOAD_INVALID', 'malformed Content-Range', header)
  if (Number(first) !== offset(session)) {
    const { headers } = progress(call, 416, session)
    throw refusal(416, 'BLOB_UPLOAD_INVALID', 'the chunk is out of order', header, headers)
  }
  if (whole && Number(last) - Number(first) + 1 !== call.request.body.length) {
    throw refusal(400, 'SIZE_INVALID', 'provided length did not match content length', header)
  }
}

/** Adds the body to a session. */
export function add({ store, request: { body } }: Call, session: Session): void {
  if (body.length > 0) session.parts.push({ sha256: store.keep(body), size: body.length })
}

/** Keeps the parts of a session and the last body as one; gives its sha256 in hex. One part alone is kept already. */
export function assembled({ store, request: { body } }: Call, { parts }: Session): string {
  const [only, ...others] = parts
  if (!only) return store.keep(body)
  if (others.length === 0 && body.length === 0) return only.sha256
  return store.keep(Buffer.concat([...parts.map((each) => store.bytes(each.sha256)), body]))
}

/** How far a session is, as its Range header says: that of one with nothing yet is `0-0`, as CNCF Distribution has it. */
export function progress(call: Call, status: number, session: Session): Answer {
  const query = call.locations === 'distribution' ? `?_state=${stateOf(session)}` : ''
  return {
    status,
    headers: {
      location: locationOf(call, `/blobs/uploads/${session.id}${query}`),
      range: `0-${Math.max(0, offset(session) - 1)}`,
      'docker-upload-uuid': session.id,
    },
  }
}
