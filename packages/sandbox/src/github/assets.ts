import { type Answer, json, type Route } from '../service.ts'
import {
  type Call,
  invalid,
  jsonBody,
  notFound,
  page,
  refusal,
  repositoryRoute,
  type Setting,
  visible,
} from './call.ts'
import { assetShape } from './shape.ts'
import { type Asset, look, type Release, type Repository, repository, type State, timestamp } from './state.ts'

/** Returns the routes of assets at the API (REST API: "Release assets"). */
export function assetRoutes(setting: Setting): Route[] {
  const route = repositoryRoute.bind(null, setting)
  return [
    route('GET', '/releases/(?<id>\\d+)/assets', 'read', (call) => {
      const repo = look(call.store.state, call.owner, call.name)
      const release = visible(call, repo, Number(call.params.id))
      return page(
        call,
        release.assets.map((each) => assetShape(call, repo, release, each)),
      )
    }),
    route('GET', '/releases/assets/(?<id>\\d+)', 'read', getAsset),
    route('PATCH', '/releases/assets/(?<id>\\d+)', 'write', updateAsset),
    route('DELETE', '/releases/assets/(?<id>\\d+)', 'write', deleteAsset),
  ]
}

/** Returns the only route of the uploads' origin: "Upload a release asset". */
export function uploadRoutes(setting: Setting): Route[] {
  return [
    repositoryRoute(setting, 'POST', '/releases/(?<id>\\d+)/assets', 'write', upload, {
      upload: true,
      broken: brokenUpload,
    }),
  ]
}

/** Returns the route of public downloads: assets of published releases, without a token. */
export function downloadRoute({ store }: Setting): Route {
  return {
    method: 'GET',
    path: /^\/(?<owner>[^/]+)\/(?<repo>[^/]+)\/releases\/download\/(?<tag>[^/]+)\/(?<name>[^/]+)$/,
    handle: (_request, { owner = '', repo = '', tag, name }) => {
      const release = look(store.state, owner, repo).releases.find((each) => each.tag === tag && !each.draft)
      const asset = release?.assets.find((each) => each.name === name)
      if (!asset?.sha256) throw notFound()
      return { status: 200, headers: { 'content-type': asset.contentType }, body: store.bytes(asset.sha256) }
    },
  }
}

/** The characters that asset names keep; all others separate words. */
const WORDS = /[A-Za-z0-9_+@-]+/g

/**
 * Renames an asset as GitHub does: letters lose their diacritics, and dots join what is left. A name of which only the
 * extension is left begins with `default`.
 */
function rewritten(name: string): string {
  if (name === '') return ''
  const letters = [...name.normalize('NFD')].filter((each) => !/\p{M}/u.test(each)).join('')
  const [, stem = '', extension = ''] = /^(.*?)(\.[^.]*)?$/s.exec(letters) ?? []
  const words = stem.match(WORDS) ?? ['default']
  return [...words, ...(extension.match(WORDS) ?? [])].join('.')
}

/**
 * Returns a new asset for an upload.
 * @throws Refusal 422 if its name is missing or taken
 */
function newAsset(call: Call, state: State, release: Release): Asset {
  const name = rewritten(call.request.query.get('name') ?? '')
  if (!name) throw invalid('ReleaseAsset', 'missing_field', 'name')
  if (release.immutable) throw refusal(422, 'Cannot upload assets to an immutable release.')
  if (release.assets.some((each) => each.name === name)) throw invalid('ReleaseAsset', 'already_exists', 'name')
  const now = timestamp()
  state.lastId += 1
  return {
    id: state.lastId,
    name,
    label: call.request.query.get('label') ?? '',
    state: 'starter',
    contentType: call.request.headers['content-type'] ?? 'application/octet-stream',
    size: 0,
    sha256: null,
    createdAt: now,
    updatedAt: now,
  }
}

/** Handles "Upload a release asset". */
function upload(call: Call): Answer {
  return call.store.change((state) => {
    const repo = repository(state, call.owner, call.name)
    const release = visible(call, repo, Number(call.params.id))
    const { body } = call.request
    const fresh = newAsset(call, state, release)
    const asset: Asset = { ...fresh, state: 'uploaded', size: body.length, sha256: call.store.keep(body) }
    release.assets.push(asset)
    return { ...json(201, assetShape(call, repo, release, asset)), effect: `asset ${asset.name} added` }
  })
}

/** Handles a truncated upload, which leaves an asset of state `starter` with its name. */
function brokenUpload(call: Call): string {
  return call.store.change((state) => {
    const release = visible(call, repository(state, call.owner, call.name), Number(call.params.id))
    const asset = newAsset(call, state, release)
    release.assets.push(asset)
    return `asset ${asset.name} left as starter`
  })
}

/**
 * Finds the asset of a call and its release.
 * @throws Refusal 404
 */
function find(call: Call, repo: Repository): { release: Release; asset: Asset } {
  for (const release of repo.releases) {
    const asset = release.assets.find((each) => each.id === Number(call.params.id))
    if (asset) return { release: visible(call, repo, release.id), asset }
  }
  throw notFound()
}

/** Handles "Get a release asset": returns its description, or its bytes if the client accepts an octet stream. */
function getAsset(call: Call): Answer {
  const repo = look(call.store.state, call.owner, call.name)
  const { release, asset } = find(call, repo)
  if (!call.request.headers.accept?.includes('application/octet-stream')) {
    return json(200, assetShape(call, repo, release, asset))
  }
  if (!asset.sha256) throw notFound()
  return { status: 200, headers: { 'content-type': asset.contentType }, body: call.store.bytes(asset.sha256) }
}

/** Handles "Update a release asset": its name and label. */
function updateAsset(call: Call): Answer {
  const { name, label } = jsonBody(call.request)
  return call.store.change((state) => {
    const repo = repository(state, call.owner, call.name)
    const { release, asset } = find(call, repo)
    if (release.immutable) throw refusal(422, 'Cannot update assets of an immutable release.')
    const wanted = typeof name === 'string' ? rewritten(name) : asset.name
    if (release.assets.some((each) => each !== asset && each.name === wanted)) {
      throw invalid('ReleaseAsset', 'already_exists', 'name')
    }
    asset.name = wanted
    if (typeof label === 'string') asset.label = label
    asset.updatedAt = timestamp()
    return { ...json(200, assetShape(call, repo, release, asset)), effect: `asset ${asset.name} changed` }
  })
}

/** Handles "Delete a release asset". */
function deleteAsset(call: Call): Answer {
  return call.store.change((state) => {
    const { release, asset } = find(call, repository(state, call.owner, call.name))
    if (release.immutable) throw refusal(422, 'Cannot delete asset from an immutable release.')
    release.assets = release.assets.filter((each) => each !== asset)
    return { status: 204, effect: `asset ${asset.name} deleted` }
  })
}
