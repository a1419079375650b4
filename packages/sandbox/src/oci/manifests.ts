import { MAX_MANIFEST_BYTES } from '../limits.ts'
import { type Answer, Refusal, type Route } from '../service.ts'
import { sha256 } from '../store.ts'
import { refuseDelete } from './blobs.ts'
import { type Call, known, locationOf, repositoryRoute, type Setting } from './call.ts'
import { type ManifestContent, readManifest } from './manifest-content.ts'
import { refusal, refused } from './refusal.ts'
import { hexOf, isDigest, isTag, type Repository, repository } from './state.ts'

/** Returns the routes of manifests (distribution-spec 1.1, "Pulling manifests", "Pushing Manifests"). */
export function manifestRoutes(setting: Setting): Route[] {
  const path = '/manifests/(?<reference>[^/]+)'
  return [
    repositoryRoute(setting, 'GET', path, 'pull', getManifest),
    repositoryRoute(setting, 'PUT', path, 'push', putManifest, { upload: true }),
    repositoryRoute(setting, 'DELETE', path, 'push', refuseDelete),
  ]
}

/** Returns a manifest by tag or digest, with the bytes and type that it was pushed with. */
function getManifest(call: Call): Answer {
  const { reference = '' } = call.params
  const { manifests, tags } = known(call)
  const digest = tags.find((each) => each.name === reference)?.digest ?? reference
  const found = manifests.find((each) => each.digest === digest)
  if (!found) throw refusal(404, 'MANIFEST_UNKNOWN', 'manifest unknown to registry', { reference })
  const headers = { 'content-type': found.mediaType, 'docker-content-digest': digest, etag: `"${digest}"` }
  return { status: 200, headers, body: call.store.bytes(hexOf(digest)) }
}

/** Stores a manifest, and sets the tag if it is pushed by one. */
function putManifest(call: Call): Answer {
  const { reference = '' } = call.params
  const { body, headers } = call.request
  if (body.length > MAX_MANIFEST_BYTES)
    throw refusal(413, 'MANIFEST_INVALID', `manifest larger than ${MAX_MANIFEST_BYTES} bytes`)
  const digest = `sha256:${sha256(body)}`
  const tag = reference.includes(':') ? null : reference
  if (tag === null && !isDigest(reference)) throw refusal(400, 'DIGEST_INVALID', 'no sha256 digest', { reference })
  if (tag === null && reference !== digest) {
    throw refusal(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', { digest: reference })
  }
  if (tag !== null && !isTag(tag)) throw refusal(400, 'MANIFEST_INVALID', 'invalid tag', { tag })
  const content = readManifest(headers['content-type'], body)
  if (typeof content === 'string') throw refusal(400, 'MANIFEST_INVALID', content)

  return call.store.change((state) => {
    const repo = repository(state, call.name)
    checkReferences(repo, content)
    const effects: string[] = []
    if (tag !== null) effects.push(...moveTag(repo, tag, digest))
    if (!repo.manifests.some((each) => each.digest === digest)) {
      const { mediaType, subject } = content
      repo.manifests.push({ digest: `sha256:${call.store.keep(body)}`, size: body.length, mediaType, subject })
      effects.unshift(`manifest ${digest} in ${call.name}`)
    }
    return {
      status: 201,
      headers: {
        location: locationOf(call, `/manifests/${reference}`),
        'docker-content-digest': digest,
        ...(content.subject !== null && { 'oci-subject': content.subject }),
      },
      ...(effects.length > 0 && { effect: effects.join('; ') }),
    }
  })
}

/**
 * Demands that everything a manifest names is in its repository, except its subject.
 * @throws Refusal that names missing parts
 */
function checkReferences(repo: Repository, content: ManifestContent): void {
  const blobs = new Set(repo.blobs.map((each) => each.digest))
  const manifests = new Set(repo.manifests.map((each) => each.digest))
  const missing = [
    ...content.blobs.filter((each) => !blobs.has(each)),
    // An index may name blobs (image-spec 1.1, "Image Index").
    ...content.manifests.filter((each) => !manifests.has(each) && !blobs.has(each)),
  ]
  if (missing.length === 0) return
  const message = 'manifest references a manifest or blob unknown to registry'
  const errors = missing.map((digest) => ({ code: 'MANIFEST_BLOB_UNKNOWN', message, detail: { digest } }))
  throw new Refusal(refused(400, errors))
}

/**
 * Makes a tag name a manifest; returns the changes.
 * @throws Refusal 403 if the tag may not move
 */
function moveTag(repo: Repository, name: string, digest: string): string[] {
  const tag = repo.tags.find((each) => each.name === name)
  if (tag?.digest === digest) return []
  // Docker Hub: "Immutable tags on Docker Hub". Its status is 403; the words are not documented.
  if (tag && repo.immutableTags) {
    throw refusal(403, 'DENIED', `tag ${name} is immutable and names another image in ${repo.name}`)
  }
  if (tag) tag.digest = digest
  else repo.tags.push({ name, digest })
  return [`tag ${repo.name}:${name} -> ${digest}`]
}
