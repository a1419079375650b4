import type { components } from '@octokit/openapi-types'
import type { HttpResponse, Ports } from '@slipway/core/ports'
import { type LoginState, RemoteError } from '@slipway/core/publisher'
import { ASSET_TRANSFER_TIMEOUT_MS, RELEASES_PER_PAGE } from '../limits.ts'
import { jsonOf, type Send } from '../remote.ts'
import { type GitHubRemote, repositoryAddress, sendAs } from './send.ts'

export type { GitHubRemote }

type Schemas = components['schemas']

/** A release in a response, as far as Slipway reads it (GitHub REST API, "Releases"). */
export type GitHubRelease = Pick<
  Schemas['release'],
  'id' | 'tag_name' | 'draft' | 'prerelease' | 'immutable' | 'html_url' | 'upload_url'
>

/** The releases of a repository when they were listed, in milliseconds since the epoch. */
export interface ListedReleases {
  releases: readonly GitHubRelease[]
  at: number
}

/** An asset of a release, as far as Slipway reads it (GitHub REST API, "Release assets"). `digest` is `sha256:<hex>`. */
export interface GitHubAsset extends Pick<Schemas['release-asset'], 'id' | 'name' | 'digest' | 'browser_download_url'> {
  /** `starter`: an upload that broke off; it is empty and may be deleted. GitHub's description does not list it. */
  state: Schemas['release-asset']['state'] | 'starter'
}

/** A tag of a repository. */
export interface GitHubTag {
  /** Hash of the commit that it points at. */
  commit: string
  /** Whether it is a tag object with author, date and message. */
  isAnnotated: boolean
}

/** The texts and flags of a release. */
export interface ReleaseText {
  tag_name: string
  name: string
  body: string
  prerelease: boolean
  target_commitish?: string
}

/** Prefix of an app installation's tokens, such as a job's GITHUB_TOKEN (GitHub, "Token formats"). */
const INSTALLATION = 'ghs_'

/** Returns the releases of a tag: the public one, then its drafts, oldest first. A tag may have several drafts. */
export function releasesOf(tag: string, all: readonly GitHubRelease[]): GitHubRelease[] {
  const own = all.filter((each) => each.tag_name === tag)
  return own.sort((a, b) => Number(a.draft) - Number(b.draft) || a.id - b.id)
}

/** Client of the part of GitHub's REST API that releases need. Methods throw RemoteError. */
export class GitHubClient {
  readonly #ask: Send
  readonly #remote: GitHubRemote
  readonly #base: string

  constructor(ports: Pick<Ports, 'http' | 'clock'>, remote: GitHubRemote) {
    this.#ask = sendAs(ports, remote)
    this.#remote = remote
    this.#base = repositoryAddress(remote)
  }

  /** Returns releases, newest first: all, or at least `count`. Includes drafts if the token may see them. */
  releases(count = Number.POSITIVE_INFINITY): Promise<GitHubRelease[]> {
    return this.#pages('/releases', count)
  }

  /** Returns the public release of a tag, or null. */
  async publicRelease(tag: string): Promise<GitHubRelease | null> {
    const url = `${this.#base}/releases/tags/${encodeURIComponent(tag)}`
    const response = await this.#ask({ method: 'GET', url }, [200, 404])
    return response.status === 200 ? jsonOf(response) : null
  }

  /** Returns a tag with the commit it points at, or null (GitHub REST API, "Git references" and "Git tags"). */
  async tag(name: string): Promise<GitHubTag | null> {
    const path = name.split('/').map(encodeURIComponent).join('/')
    const response = await this.#ask({ method: 'GET', url: `${this.#base}/git/ref/tags/${path}` }, [200, 404])
    if (response.status === 404) return null
    const { object } = jsonOf<Schemas['git-ref']>(response)
    if (object.type !== 'tag') return { commit: object.sha, isAnnotated: false }
    const url = `${this.#base}/git/tags/${encodeURIComponent(object.sha)}`
    const tag = jsonOf<Schemas['git-tag']>(await this.#ask({ method: 'GET', url }, [200]))
    return { commit: tag.object.sha, isAnnotated: true }
  }

  /**
   * Checks whether the token may write to the repository, as far as GitHub reports it (GitHub REST API, "Get a
   * repository").
   * - 401: the token is unknown or expired. 403 or 404: it may not even read the repository.
   * - `permissions.push` is the role of a user, so `false` refuses. An app installation, such as a job's GITHUB_TOKEN,
   *   has no role: its `push` is always false (semantic-release, github plugin, lib/verify.js).
   * - `x-oauth-scopes` lists the scopes of a classic token. No response lists the permissions of other tokens.
   */
  async checkLogin(): Promise<LoginState> {
    const { token } = this.#remote
    if (!token) return 'not verified'
    let response: HttpResponse
    try {
      response = await this.#ask({ method: 'GET', url: this.#base }, [200, 404])
    } catch (cause) {
      // A primary rate limit is a 403 too, without Retry-After (GitHub REST API, "Rate limits").
      if (cause instanceof RemoteError && cause.failure === 'denied' && !/rate limit/i.test(cause.message))
        return 'refused'
      throw cause
    }
    if (response.status === 404) return 'refused'
    const { private: isPrivate, permissions } = jsonOf<Partial<Schemas['full-repository']>>(response)
    if (token.startsWith(INSTALLATION) || permissions?.push === undefined) return 'not verified'
    if (!permissions.push) return 'refused'
    const scopes = (response.headers['x-oauth-scopes'] ?? '').split(/,\s*/).filter(Boolean)
    if (scopes.length === 0) return 'not verified'
    return scopes.includes('repo') || (isPrivate === false && scopes.includes('public_repo')) ? 'accepted' : 'refused'
  }

  /** Returns all assets of a release. */
  assets(release: number): Promise<GitHubAsset[]> {
    return this.#pages(`/releases/${release}/assets`)
  }

  /** Downloads an asset, also of a draft. */
  async download(asset: number): Promise<Uint8Array> {
    const headers = { accept: 'application/octet-stream' }
    const url = `${this.#base}/releases/assets/${asset}`
    return (await this.#ask({ method: 'GET', url, headers, timeout: ASSET_TRANSFER_TIMEOUT_MS }, [200])).body
  }

  /** Creates a draft. */
  async createDraft(text: ReleaseText): Promise<GitHubRelease> {
    return jsonOf(await this.#json('POST', '/releases', { ...text, draft: true }, 201))
  }

  /** Changes a release and returns it; `draft: false` makes it public. */
  async update(
    release: number,
    change: Partial<ReleaseText> & { draft?: boolean; make_latest?: string },
  ): Promise<GitHubRelease> {
    return jsonOf(await this.#json('PATCH', `/releases/${release}`, change, 200))
  }

  /** Uploads an asset to the release's upload address, and returns it. */
  async upload(release: GitHubRelease, name: string, content: Blob, contentType: string): Promise<GitHubAsset> {
    // The address is a URI template (RFC 6570): `…/assets{?name,label}`.
    const url = `${release.upload_url.replace(/\{.*\}$/, '')}?name=${encodeURIComponent(name)}`
    const headers = { 'content-type': contentType }
    const timeout = ASSET_TRANSFER_TIMEOUT_MS
    return jsonOf(await this.#ask({ method: 'POST', url, headers, body: content, timeout }, [201]))
  }

  /** Deletes an asset; succeeds if it is already gone. */
  async deleteAsset(asset: number): Promise<void> {
    await this.#ask({ method: 'DELETE', url: `${this.#base}/releases/assets/${asset}` }, [204, 404])
  }

  /** Fetches pages until one is the last or there are enough items. */
  async #pages<T>(path: string, enough = Number.POSITIVE_INFINITY): Promise<T[]> {
    const all: T[] = []
    for (let page = 1; ; page++) {
      const url = `${this.#base}${path}?per_page=${RELEASES_PER_PAGE}&page=${page}`
      const found = jsonOf<T[]>(await this.#ask({ method: 'GET', url }, [200]))
      all.push(...found)
      if (found.length < RELEASES_PER_PAGE || all.length >= enough) return all
    }
  }

  #json(method: string, path: string, value: object, expected: number): Promise<HttpResponse> {
    const body = new TextEncoder().encode(JSON.stringify(value))
    const headers = { 'content-type': 'application/json' }
    return this.#ask({ method, url: this.#base + path, headers, body }, [expected])
  }
}
