import { MAX_RELEASE_BODY_CHARACTERS } from '../limits.ts'
import { type Answer, json, type Route } from '../service.ts'
import { type Call, invalid, jsonBody, notFound, page, repositoryRoute, type Setting, visible } from './call.ts'
import {
  checkLatest,
  checkTagFree,
  checkTarget,
  latest,
  type MakeLatest,
  makeLatest,
  publish,
  published,
} from './publishing.ts'
import { releaseShape } from './shape.ts'
import { DEFAULT_BRANCH, look, type Release, type Repository, repository, timestamp } from './state.ts'

/** Returns the routes of releases (REST API: "Releases"). */
export function releaseRoutes(setting: Setting): Route[] {
  const route = repositoryRoute.bind(null, setting)
  const showRelease = (pick: (repo: Repository, call: Call) => Release | null | undefined) => (call: Call) => {
    const repo = look(call.store.state, call.owner, call.name)
    const release = pick(repo, call)
    if (!release) throw notFound()
    return json(200, releaseShape(call, repo, release))
  }
  return [
    route('GET', '/releases', 'read', (call) => {
      const repo = look(call.store.state, call.owner, call.name)
      const seen = repo.releases.filter((each) => call.signedIn || !each.draft)
      return page(
        call,
        seen.sort((a, b) => b.id - a.id).map((each) => releaseShape(call, repo, each)),
      )
    }),
    route('POST', '/releases', 'write', createRelease),
    route('GET', '/releases/latest', 'read', showRelease(latest)),
    route(
      'GET',
      '/releases/tags/(?<tag>.+)',
      'read',
      showRelease((repo, call) => published(repo, call.params.tag)),
    ),
    route(
      'GET',
      '/releases/(?<id>\\d+)',
      'read',
      showRelease((repo, call) => visible(call, repo, Number(call.params.id))),
    ),
    route('PATCH', '/releases/(?<id>\\d+)', 'write', updateRelease),
    route('DELETE', '/releases/(?<id>\\d+)', 'write', deleteRelease),
  ]
}

/** Fields of "Create a release" and "Update a release"; absent ones stay unchanged. */
interface Fields {
  tag?: string
  target?: string
  name?: string
  body?: string
  draft?: boolean
  prerelease?: boolean
  makeLatest?: MakeLatest
}

/**
 * Reads the fields of a body.
 * @throws Refusal 422
 */
function fields(call: Call): Fields {
  const input = jsonBody(call.request)
  const typed = <T>(key: string, type: 'string' | 'boolean'): T | undefined => {
    const value = input[key] ?? undefined
    if (value !== undefined && typeof value !== type) throw invalid('Release', 'invalid', key)
    return value as T | undefined
  }
  const latestWanted = typed<string>('make_latest', 'string')
  if (latestWanted !== undefined && !['true', 'false', 'legacy'].includes(latestWanted)) {
    throw invalid('Release', 'invalid', 'make_latest')
  }
  const body = typed<string>('body', 'string')
  if (body && body.length > MAX_RELEASE_BODY_CHARACTERS) {
    throw invalid(
      'Release',
      'custom',
      'body',
      `body is too long (maximum is ${MAX_RELEASE_BODY_CHARACTERS} characters)`,
    )
  }
  const tag = typed<string>('tag_name', 'string')
  if (tag && (/[\s~^:?*[\\]|\.\.|^[-./]|[./]$/.test(tag) || tag.endsWith('.lock'))) {
    throw invalid('Release', 'custom', 'tag_name', 'tag_name is not a valid tag')
  }
  return {
    tag,
    target: typed('target_commitish', 'string'),
    name: typed('name', 'string'),
    body,
    draft: typed('draft', 'boolean'),
    prerelease: typed('prerelease', 'boolean'),
    makeLatest: latestWanted as MakeLatest | undefined,
  }
}

/** Handles "Create a release". A draft accepts any `make_latest`, which counts when the release is published. */
function createRelease(call: Call): Answer {
  const input = fields(call)
  const { tag } = input
  if (!tag) throw invalid('Release', 'missing_field', 'tag_name')
  return call.store.change((state) => {
    const repo = repository(state, call.owner, call.name)
    state.lastId += 1
    const release: Release = {
      id: state.lastId,
      tag,
      target: input.target || DEFAULT_BRANCH,
      name: input.name ?? null,
      body: input.body ?? null,
      draft: true,
      prerelease: input.prerelease ?? false,
      immutable: false,
      createdAt: timestamp(),
      publishedAt: null,
      assets: [],
    }
    repo.releases.push(release)
    let effect = `draft ${release.id} created`
    if (!input.draft) {
      checkLatest(input.makeLatest, { ...release, draft: false })
      effect = publish(repo, release)
      makeLatest(repo, release, input.makeLatest ?? 'true')
    } else checkTarget(repo, release)
    return { ...json(201, releaseShape(call, repo, release)), effect }
  })
}

/** Handles "Update a release". Publishing a draft also creates its tag if missing. */
function updateRelease(call: Call): Answer {
  const input = fields(call)
  return call.store.change((state) => {
    const repo = repository(state, call.owner, call.name)
    const release = visible(call, repo, Number(call.params.id))
    const moved = input.tag !== undefined && input.tag !== release.tag
    if (release.immutable && (moved || input.draft)) {
      throw invalid('Release', 'custom', 'tag_name', 'tag_name cannot be changed when release is immutable')
    }
    const wasDraft = release.draft
    if (moved && input.tag) release.tag = input.tag
    if (!wasDraft) checkTagFree(repo, release)
    release.target = input.target || release.target
    release.name = input.name ?? release.name
    release.body = input.body ?? release.body
    release.prerelease = input.prerelease ?? release.prerelease
    const staysDraft = input.draft ?? wasDraft
    checkLatest(input.makeLatest, { ...release, draft: staysDraft })
    let effect = `${staysDraft ? 'draft' : 'release'} ${release.id} changed`
    if (wasDraft && !staysDraft) effect = publish(repo, release)
    release.draft = staysDraft
    if (!staysDraft && (wasDraft || input.makeLatest)) makeLatest(repo, release, input.makeLatest ?? 'true')
    return { ...json(200, releaseShape(call, repo, release)), effect }
  })
}

/** Handles "Delete a release". Its tag stays; that of an immutable release can never be released again. */
function deleteRelease(call: Call): Answer {
  return call.store.change((state) => {
    const repo = repository(state, call.owner, call.name)
    const release = visible(call, repo, Number(call.params.id))
    repo.releases = repo.releases.filter((each) => each !== release)
    if (release.immutable) repo.burnedTags.push(release.tag)
    return { status: 204, effect: `${release.draft ? 'draft' : 'release'} ${release.id} deleted` }
  })
}
