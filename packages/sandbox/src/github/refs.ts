import { createHash } from 'node:crypto'
import { json, type Route } from '../service.ts'
import { type Call, invalid, jsonBody, notFound, page, refusal, repositoryRoute, type Setting } from './call.ts'
import { commitShape, refShape, tagShape } from './shape.ts'
import { look, type Repository, repository, resolveCommit, timestamp } from './state.ts'

/**
 * Returns the routes of git references, annotated tags and commits (REST API: "Git references", "Git tags", "Commits").
 */
export function refRoutes(setting: Setting): Route[] {
  const route = repositoryRoute.bind(null, setting)
  return [
    route('GET', '/git/ref/(?<ref>.+)', 'read', (call) => {
      const repo = look(call.store.state, call.owner, call.name)
      const ref = `refs/${call.params.ref}`
      if (!repo.refs[ref]) throw notFound()
      return json(200, refShape(call, repo, ref))
    }),
    route('GET', '/git/(?:matching-refs|refs)(?:/(?<ref>.*))?', 'read', (call) => {
      const repo = look(call.store.state, call.owner, call.name)
      const names = Object.keys(repo.refs).filter((each) => each.startsWith(`refs/${call.params.ref ?? ''}`))
      return page(
        call,
        names.sort().map((each) => refShape(call, repo, each)),
      )
    }),
    route('POST', '/git/refs', 'write', createRef),
    route('PATCH', '/git/(?<ref>refs/.+)', 'write', updateRef),
    route('DELETE', '/git/(?<ref>refs/.+)', 'write', deleteRef),
    route('POST', '/git/tags', 'write', createTag),
    route('GET', '/git/tags/(?<sha>[0-9a-f]{40})', 'read', (call) => {
      const repo = look(call.store.state, call.owner, call.name)
      const tag = repo.tagObjects[call.params.sha ?? '']
      if (!tag) throw notFound()
      return json(200, tagShape(call, repo, tag))
    }),
    route('GET', '/commits/(?<ref>.+)', 'read', (call) => {
      const repo = look(call.store.state, call.owner, call.name)
      const sha = resolveCommit(repo, call.params.ref ?? '')
      if (!sha) throw refusal(422, `No commit found for SHA: ${call.params.ref}`)
      return json(200, commitShape(call, repo, sha))
    }),
  ]
}

/** Returns the name of a reference in the log. */
const called = (ref: string) => ref.replace('refs/tags/', 'tag ').replace('refs/heads/', 'branch ')

/** Handles "Create a reference". */
function createRef(call: Call) {
  const { ref, sha } = jsonBody(call.request)
  if (typeof ref !== 'string' || !/^refs\/[^/]+\/.+/.test(ref)) throw refusal(422, `${ref} is not a valid ref name.`)
  const id = objectId(sha)
  return call.store.change((state) => {
    const repo = repository(state, call.owner, call.name)
    if (repo.refs[ref]) throw refusal(422, 'Reference already exists')
    repo.refs[ref] = { sha: id, type: repo.tagObjects[id] ? 'tag' : 'commit' }
    return { ...json(201, refShape(call, repo, ref)), effect: `${called(ref)} created` }
  })
}

/** Handles "Update a reference". The sandbox knows no ancestry, so every move counts as a fast-forward. */
function updateRef(call: Call) {
  const { ref = '' } = call.params
  const id = objectId(jsonBody(call.request).sha)
  return call.store.change((state) => {
    const repo = repository(state, call.owner, call.name)
    checkMovable(repo, ref)
    repo.refs[ref] = { sha: id, type: repo.tagObjects[id] ? 'tag' : 'commit' }
    return { ...json(200, refShape(call, repo, ref)), effect: `${called(ref)} moved` }
  })
}

/** Handles "Delete a reference". */
function deleteRef(call: Call) {
  const { ref = '' } = call.params
  return call.store.change((state) => {
    const repo = repository(state, call.owner, call.name)
    checkMovable(repo, ref)
    delete repo.refs[ref]
    return { status: 204, effect: `${called(ref)} deleted` }
  })
}

/** Handles "Create a tag object": an annotated tag without a reference yet. Its id is the one that git computes. */
function createTag(call: Call) {
  const { tag, message, object, type = 'commit', tagger } = jsonBody(call.request)
  if (typeof tag !== 'string' || !tag) throw invalid('TagObject', 'missing_field', 'tag')
  if (typeof message !== 'string') throw invalid('TagObject', 'missing_field', 'message')
  const target = { sha: objectId(object), type: String(type) }
  const author = (tagger ?? {}) as { name?: string; email?: string; date?: string }
  const date = author.date ?? timestamp()
  const by = { name: author.name ?? 'Sandbox User', email: author.email ?? 'user@example.invalid', date }
  const seconds = Math.floor(Date.parse(date) / 1000)
  const content = `object ${target.sha}\ntype ${type}\ntag ${tag}\ntagger ${by.name} <${by.email}> ${seconds} +0000\n\n${message}`
  const sha = createHash('sha1')
    .update(`tag ${Buffer.byteLength(content)}\0${content}`)
    .digest('hex')
  return call.store.change((state) => {
    const repo = repository(state, call.owner, call.name)
    repo.tagObjects[sha] = { sha, tag, message, object: target, tagger: by }
    return { ...json(201, tagShape(call, repo, repo.tagObjects[sha])), effect: `tag object ${tag} created` }
  })
}

/**
 * Checks an object's id.
 * @throws Refusal 422
 */
function objectId(value: unknown): string {
  if (typeof value === 'string' && /^[0-9a-f]{40}$/.test(value)) return value
  throw refusal(422, 'The sha parameter must be exactly 40 characters and contain only [0-9a-f].')
}

/**
 * Demands that a reference exists and is not the tag of an immutable release.
 * @throws Refusal 422
 */
function checkMovable(repo: Repository, ref: string): void {
  if (!repo.refs[ref]) throw refusal(422, 'Reference does not exist')
  if (repo.releases.some((each) => each.immutable && `refs/tags/${each.tag}` === ref)) {
    throw refusal(422, 'Repository rule violations found\n\nThe tag belongs to an immutable release.')
  }
}
