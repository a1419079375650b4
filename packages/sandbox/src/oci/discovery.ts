import { type Answer, json, type Route } from '../service.ts'
import { type Call, known, repositoryRoute, type Setting } from './call.ts'
import { INDEX_TYPE, readManifest } from './manifest-content.ts'
import { refusal } from './refusal.ts'
import { hexOf, isDigest, look, type Manifest } from './state.ts'

/** Matches a digest by another algorithm than sha256 (image-spec 1.1, "Digests"). */
const OTHER_DIGEST = /^(?!sha256:)[a-z0-9]+(?:[+._-][a-z0-9]+)*:[\w=-]+$/

/** Returns the routes that list a repository's content (distribution-spec 1.1, "Content Discovery"). */
export function discoveryRoutes(setting: Setting): Route[] {
  return [
    repositoryRoute(setting, 'GET', '/tags/list', 'pull', listTags),
    repositoryRoute(setting, 'GET', '/referrers/(?<digest>[^/]+)', 'pull', listReferrers),
  ]
}

/** Handles "Listing Tags": in byte order, `n` at a time, from after `last`. */
function listTags(call: Call): Answer {
  const { query } = call.request
  const n = query.get('n')
  if (n !== null && !/^\d+$/.test(n)) {
    throw refusal(400, 'PAGINATION_NUMBER_INVALID', 'invalid number of results requested', { n })
  }
  const last = query.get('last') ?? ''
  const names = known(call)
    .tags.map((each) => each.name)
    .filter((each) => each > last)
    .sort()
  const page = n === null ? names : names.slice(0, Number(n))
  const end = page.at(-1)
  const more = end !== undefined && page.length < names.length
  const link = more && `</v2/${call.name}/tags/list?${new URLSearchParams({ n: n ?? '', last: end })}>; rel="next"`
  return json(200, { name: call.name, tags: page }, link ? { link } : {})
}

/** Handles "Listing Referrers". An empty list is a valid answer, also for an unknown repository. */
function listReferrers(call: Call): Answer {
  const { digest = '' } = call.params
  if (!isDigest(digest) && !OTHER_DIGEST.test(digest)) {
    throw refusal(400, 'DIGEST_INVALID', 'this is no digest', { digest })
  }
  const wanted = call.request.query.get('artifactType')
  const manifests = (look(call.store.state, call.name)?.manifests ?? [])
    .filter((each) => each.subject === digest)
    .map((each) => referrer(call, each))
    .filter((each) => wanted === null || each.artifactType === wanted)
  return json(
    200,
    { schemaVersion: 2, mediaType: INDEX_TYPE, manifests },
    { 'content-type': INDEX_TYPE, ...(wanted !== null && { 'oci-filters-applied': 'artifactType' }) },
  )
}

/** Returns the descriptor of a manifest that refers to another. */
function referrer(call: Call, { mediaType, size, digest }: Manifest) {
  const content = readManifest(mediaType, call.store.bytes(hexOf(digest)))
  const { artifactType, annotations } = typeof content === 'string' ? {} : content
  return { mediaType, size, digest, ...(artifactType && { artifactType }), ...(annotations && { annotations }) }
}
