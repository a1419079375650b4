import { randomUUID } from 'node:crypto'
import type { Answer, Request, Route } from '../service.ts'
import { type Call, locationOf, repositoryRoute, type Setting } from './call.ts'
import { refusal } from './refusal.ts'
import { add, assembled, checkRange, find, offset, progress } from './session.ts'
import { isDigest, look, repository, type Session, type State } from './state.ts'

/** The routes that take blobs (distribution-spec 1.1, "Pushing blobs" to "Mounting a blob from another repository"). */
export function uploadRoutes(setting: Setting): Route[] {
  const route = repositoryRoute.bind(null, setting)
  const session = '/blobs/uploads/(?<id>[^/]+)'
  // What a mount needs besides is named in the challenge, so that one token does.
  const also = ({ query }: Request) => {
    const from = query.get('mount') && query.get('from')
    return from ? [{ repository: from, actions: ['pull'] as const }] : []
  }
  return [
    route('POST', '/blobs/uploads/?', 'push', start, { upload: true, also }),
    route('PATCH', session, 'push', append, { upload: true, broken: keepPrefix }),
    route('PUT', session, 'push', close, { upload: true, broken: keepPrefix }),
    route('GET', session, 'push', (call) => progress(call, 204, find(call, call.store.state))),
    route('DELETE', session, 'push', cancel),
  ]
}

/** Mounts a blob, takes a whole one, or opens a session. */
function start(call: Call): Answer {
  const { query, body } = call.request
  const mounted = query.has('mount') ? mount(call) : null
  if (mounted) return mounted
  if (query.has('digest')) {
    const digest = digestOf(query.get('digest'))
    if (`sha256:${call.store.keep(body)}` !== digest) throw mismatch(digest)
    return call.store.change((state) => takeIn(call, state, digest, body.length))
  }
  return call.store.change((state) => {
    const session: Session = { id: randomUUID(), repository: call.name, parts: [] }
    state.sessions.push(session)
    return progress(call, 202, session)
  })
}

/** The blob that another repository has; null when it has not, or the caller may not pull from it. */
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

/** Adds a chunk, or all there is. */
function append(call: Call): Answer {
  return call.store.change((state) => {
    const session = find(call, state)
    checkRange(call, session, true)
    add(call, session)
    return progress(call, 202, session)
  })
}

/** What arrived of a body that broke off stays, so that the client can go on from there. */
function keepPrefix(call: Call): string | null {
  const size = call.request.body.length
  if (size === 0) return null
  return call.store.change((state) => {
    const session = find(call, state)
    checkRange(call, session, false)
    add(call, session)
    return `upload ${session.id} has ${size} bytes more of a body that broke off`
  })
}

/** Closes a session, with the last chunk or without. One whose digest is not the blob's is gone. */
function close(call: Call): Answer {
  const digest = digestOf(call.request.query.get('digest'))
  return call.store.change((state) => {
    const session = find(call, state)
    checkRange(call, session, true)
    const size = offset(session) + call.request.body.length
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

/** A blob whose bytes are kept becomes the repository's; one that it had was sent for nothing, which the log tells. */
function takeIn(call: Call, state: State, digest: string, size: number): Answer {
  const { blobs } = repository(state, call.name)
  const again = blobs.some((each) => each.digest === digest)
  if (!again) blobs.push({ digest, size })
  return { ...created(call, digest), effect: `blob ${digest} in ${call.name}${again ? ' again' : ''}` }
}

function mismatch(digest: string) {
  return refusal(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', { digest })
}

/** 201, with where the blob is. */
function created(call: Call, digest: string): Answer {
  const location = locationOf(call, `/blobs/${digest}`)
  return { status: 201, headers: { location, 'docker-content-digest': digest } }
}

/** A digest as a client gave it. Throws a Refusal of 400 when it is none. */
function digestOf(given: string | null | undefined): string {
  if (!isDigest(given))
    throw refusal(400, 'DIGEST_INVALID', 'provided digest is not a sha256 digest', { digest: given })
  return given
}
