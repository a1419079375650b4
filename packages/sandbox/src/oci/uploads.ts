import { randomUUID } from 'node:crypto'
import type { Answer, Request, Route } from '../service.ts'
import { type Call, locationOf, receivedBy, repositoryRoute, type Setting } from './call.ts'
import { refusal } from './refusal.ts'
import { add, assembled, checkRange, find, offset, progress } from './session.ts'
import { isDigest, look, repository, type Session, type State } from './state.ts'

/**
 * Returns the routes that receive blobs (distribution-spec 1.1, "Pushing blobs" to "Mounting a blob from another
 * repository").
 */
export function uploadRoutes(setting: Setting): Route[] {
  const route = repositoryRoute.bind(null, setting)
  const session = '/blobs/uploads/(?<id>[^/]+)'
  // The challenge also names the scope that a mount needs, so one token is enough.
  const also = ({ query }: Request) => {
    const from = query.get('mount') && query.get('from')
    return from ? [{ repository: from, actions: ['pull'] as const }] : []
  }
  return [
    route('POST', '/blobs/uploads/?', 'push', start, { upload: true, streams: true, also }),
    route('PATCH', session, 'push', append, { upload: true, streams: true, broken: keepPrefix }),
    route('PUT', session, 'push', close, { upload: true, streams: true, broken: keepPrefix }),
    route('GET', session, 'push', (call) => progress(call, 204, find(call, call.store.state))),
    route('DELETE', session, 'push', cancel),
  ]
}

/** Mounts a blob, stores a whole one, or opens a session. */
function start(call: Call): Answer {
  const { query } = call.request
  const mounted = query.has('mount') ? mount(call) : null
  if (mounted) return mounted
  if (query.has('digest')) {
    const digest = digestOf(query.get('digest'))
    const received = receivedBy(call)
    if (`sha256:${received.sha256}` !== digest) throw mismatch(digest)
    call.store.keepFile(received)
    return call.store.change((state) => takeIn(call, state, digest, received.size))
  }
  return call.store.change((state) => {
    const session: Session = { id: randomUUID(), repository: call.name, parts: [] }
    state.sessions.push(session)
    return progress(call, 202, session)
  })
}

/** Mounts a blob of another repository; null if it has none or the caller may not pull from it. */
function mount(call: Call): Answer | null {
  const digest = call.request.query.get('mount')
  const from = call.request.query.get('from') ?? ''
  const blob = look(call.store.state, from)?.blobs.find((each) => each.digest === digest)
  if (!blob || !call.caller.may(from, 'pull')) return null
  return call.store.change((state) => {
    const { blobs } = repository(state, call.name)
    if (blobs.some((each) => each.digest === blob.digest)) return created(call, blob.digest)
    blobs.push(blob)
    return { ...created(call, blob.digest), effect: `blob ${blob.digest} mounted in ${call.name}` }
  })
}

/** Adds a chunk or the whole blob. */
function append(call: Call): Answer {
  return call.store.change((state) => {
    const session = find(call, state)
    checkRange(call, session, true)
    add(call, session)
    return progress(call, 202, session)
  })
}

/** Stores the received part of a truncated body, so that the client can continue from there. */
function keepPrefix(call: Call): string | null {
  const { size } = receivedBy(call)
  if (size === 0) return null
  return call.store.change((state) => {
    const session = find(call, state)
    checkRange(call, session, false)
    add(call, session)
    return `upload ${session.id} kept ${size} bytes of a truncated body`
  })
}

/** Closes a session, with or without a last chunk. A wrong digest removes the session. */
function close(call: Call): Answer {
  const digest = digestOf(call.request.query.get('digest'))
  return call.store.change((state) => {
    const session = find(call, state)
    checkRange(call, session, true)
    add(call, session)
    const size = offset(session)
    const actual = assembled(call, session)
    state.sessions = state.sessions.filter((each) => each !== session)
    return `sha256:${actual}` === digest ? takeIn(call, state, digest, size) : mismatch(digest).answer
  })
}

function cancel(call: Call): Answer {
  return call.store.change((state) => {
    const session = find(call, state)
    state.sessions = state.sessions.filter((each) => each !== session)
    return { status: 204 }
  })
}

/** Adds a stored blob to the repository. The log marks a blob that it already had, which was sent needlessly. */
function takeIn(call: Call, state: State, digest: string, size: number): Answer {
  const { blobs } = repository(state, call.name)
  const again = blobs.some((each) => each.digest === digest)
  if (!again) blobs.push({ digest, size })
  return { ...created(call, digest), effect: `blob ${digest} in ${call.name}${again ? ' again' : ''}` }
}

function mismatch(digest: string) {
  return refusal(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', { digest })
}

/** Returns 201 with the blob's address. */
function created(call: Call, digest: string): Answer {
  const location = locationOf(call, `/blobs/${digest}`)
  return { status: 201, headers: { location, 'docker-content-digest': digest } }
}

/**
 * Checks a client's digest.
 * @throws Refusal 400
 */
function digestOf(text: string | null | undefined): string {
  if (!isDigest(text)) throw refusal(400, 'DIGEST_INVALID', 'provided digest is not a sha256 digest', { digest: text })
  return text
}
