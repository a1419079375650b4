import type { Call } from './call.ts'
import { type Asset, DEFAULT_BRANCH, numberOf, type Release, type Repository, type TagObject } from './state.ts'

/** Owner of the token. */
const ACTOR = 'sandbox-user'

/** Returns an opaque id as in the GraphQL API. */
const nodeId = (kind: string, id: number | string) => Buffer.from(`${kind}:${id}`).toString('base64')

/** Returns a user or organization (REST API schema "Simple User"). */
function user(api: string, login: string) {
  const id = numberOf(login)
  const url = `${api}/users/${login}`
  return {
    login,
    id,
    node_id: nodeId('User', id),
    avatar_url: `${api}/avatars/${id}`,
    gravatar_id: '',
    url,
    html_url: `${api}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: 'User',
    site_admin: false,
  }
}

/** Returns a repository's address in the API. */
const repoUrl = (call: Call, repo: Repository) => `${call.api}/repos/${repo.owner}/${repo.name}`

/** Returns the tag in page addresses. A draft has no public tag, so its pages get a name of the form `untagged-…`. */
const pageTag = (release: Release) =>
  release.draft ? `untagged-${numberOf(`release ${release.id}`).toString(16)}` : release.tag

/** Returns a release (REST API schema "Release"). */
export function releaseShape(call: Call, repo: Repository, release: Release) {
  const url = `${repoUrl(call, repo)}/releases/${release.id}`
  const uploadUrl = `${call.uploads}/repos/${repo.owner}/${repo.name}/releases/${release.id}/assets{?name,label}`
  const archive = (kind: string) => (release.draft ? null : `${repoUrl(call, repo)}/${kind}/${release.tag}`)
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: uploadUrl,
    html_url: `${call.api}/${repo.owner}/${repo.name}/releases/tag/${encodeURIComponent(pageTag(release))}`,
    id: release.id,
    author: user(call.api, ACTOR),
    node_id: nodeId('Release', release.id),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    draft: release.draft,
    immutable: release.immutable,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    published_at: release.publishedAt,
    assets: release.assets.map((each) => assetShape(call, repo, release, each)),
    tarball_url: archive('tarball'),
    zipball_url: archive('zipball'),
    body: release.body,
  }
}

/** Returns an asset (REST API schema "Release Asset"). */
export function assetShape(call: Call, repo: Repository, release: Release, asset: Asset) {
  const folder = `${call.api}/${repo.owner}/${repo.name}/releases/download/${encodeURIComponent(pageTag(release))}`
  return {
    url: `${repoUrl(call, repo)}/releases/assets/${asset.id}`,
    id: asset.id,
    node_id: nodeId('ReleaseAsset', asset.id),
    name: asset.name,
    label: asset.label,
    uploader: user(call.api, ACTOR),
    content_type: asset.contentType,
    state: asset.state,
    size: asset.size,
    digest: asset.sha256 && `sha256:${asset.sha256}`,
    download_count: 0,
    created_at: asset.createdAt,
    updated_at: asset.updatedAt,
    browser_download_url: `${folder}/${encodeURIComponent(asset.name)}`,
  }
}

/** Returns a reference (REST API schema "Git Reference"). */
export function refShape(call: Call, repo: Repository, ref: string) {
  const { sha = '', type = 'commit' } = repo.refs[ref] ?? {}
  const url = `${repoUrl(call, repo)}/git`
  return {
    ref,
    node_id: nodeId('Ref', ref),
    url: `${url}/${ref}`,
    object: { sha, type, url: `${url}/${type}s/${sha}` },
  }
}

/** Returns an annotated tag (REST API schema "Git Tag"). */
export function tagShape(call: Call, repo: Repository, tag: TagObject) {
  const url = `${repoUrl(call, repo)}/git`
  return {
    node_id: nodeId('Tag', tag.sha),
    tag: tag.tag,
    sha: tag.sha,
    url: `${url}/tags/${tag.sha}`,
    message: tag.message,
    tagger: tag.tagger,
    object: { ...tag.object, url: `${url}/${tag.object.type}s/${tag.object.sha}` },
    verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
  }
}

/** Returns the fields of a commit that follow from its id (REST API schema "Commit"). */
export function commitShape(call: Call, repo: Repository, sha: string) {
  const url = `${repoUrl(call, repo)}/commits/${sha}`
  return { sha, node_id: nodeId('Commit', sha), url, html_url: `${call.api}/${repo.owner}/${repo.name}/commit/${sha}` }
}

/** Returns the fields of a repository that releases need (REST API schema "Full Repository"). */
export function repositoryShape(call: Call, repo: Repository) {
  const url = repoUrl(call, repo)
  const id = numberOf(`${repo.owner}/${repo.name}`)
  // These fields describe a user's role; a token of an app's installation (`ghs_`) has no user.
  const hasRole = call.signedIn && !/ ghs_/.test(call.request.headers.authorization ?? '')
  return {
    id,
    node_id: nodeId('Repository', id),
    name: repo.name,
    full_name: `${repo.owner}/${repo.name}`,
    private: false,
    visibility: 'public',
    owner: user(call.api, repo.owner),
    html_url: `${call.api}/${repo.owner}/${repo.name}`,
    description: null,
    fork: false,
    archived: false,
    disabled: false,
    url,
    releases_url: `${url}/releases{/id}`,
    tags_url: `${url}/tags`,
    commits_url: `${url}/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    default_branch: DEFAULT_BRANCH,
    permissions: { admin: hasRole, maintain: hasRole, push: hasRole, triage: hasRole, pull: true },
  }
}
