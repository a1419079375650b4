import type { Answer } from '../service.ts'
import { sha256 } from '../store.ts'
import { type Call, locationOf, receivedBy } from './call.ts'
import { refusal } from './refusal.ts'
import type { Session, State } from './state.ts'

/** Returns the number of bytes that a session has received. */
export function offset(session: Session): number {
  return session.parts.reduce((sum, each) => sum + each.size, 0)
}

/**
 * Returns the session of a call.
 * @throws Refusal 404, also if the address differs from the issued one ("It SHOULD NOT be assembled manually by
 * clients")
 */
export function find(call: Call, state: Readonly<State>): Session {
  const session = state.sessions.find((each) => each.id === call.params.id && each.repository === call.name)
  if (!session) throw refusal(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry')
  if (call.locations === 'distribution' && call.request.query.get('_state') !== stateOf(session)) {
    throw refusal(404, 'BLOB_UPLOAD_INVALID', 'blob upload invalid')
  }
  return session
}

/** Returns the query of a session's address: not secret, but not guessable by accident. */
function stateOf(session: Session): string {
  return sha256(session.id).slice(0, 16)
}

/**
 * Demands that a chunk with a range continues the session ("Pushing a blob in chunks").
 * @throws Refusal 416 with the session's progress; 400 if the header is malformed or does not fit a `whole` body
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
  if (whole && Number(last) - Number(first) + 1 !== receivedBy(call).size) {
    throw refusal(400, 'SIZE_INVALID', 'provided length did not match content length', header)
  }
}

/** Adds the body to a session. */
export function add(call: Call, session: Session): void {
  const received = receivedBy(call)
  if (received.size > 0) session.parts.push({ sha256: call.store.keepFile(received), size: received.size })
}

/** Stores the parts of a session as one blob; returns its sha256 in hex. A single part is already stored. */
export function assembled({ store }: Call, { parts }: Session): string {
  const [only, ...others] = parts
  if (!only) return store.keep(Buffer.alloc(0))
  return others.length === 0 ? only.sha256 : store.join(parts.map((each) => each.sha256))
}

/** Returns the session's progress in a Range header: `0-0` for an empty one, as in CNCF Distribution. */
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
