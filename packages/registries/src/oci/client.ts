import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { measureFile } from '@slipway/artifacts/artifact'
import type { HttpRequest, HttpResponse, Ports } from '@slipway/core/ports'
import { type LoginState, RemoteError } from '@slipway/core/publisher'
import { BLOB_TRANSFER_TIMEOUT_MS } from '../limits.ts'
import { type Dialect, jsonOf, messageAt, sender } from '../remote.ts'
import { Authorization, type Credentials } from './authorization.ts'
import { RecentAnswers } from './recent.ts'
import { Uploads } from './uploads.ts'

/** A repository of a registry, and the credentials for it. */
export interface OciRemote {
  /** Address of the registry, without `/v2/` and without trailing slash. */
  registry: string
  /** Path in the registry. */
  repository: string
  credentials: Credentials | null
  /** Repository of the same registry to mount shared blobs from; null for none. */
  mountFrom: string | null
}

/** A manifest or index in a registry; the digest is of exactly these bytes. */
export interface RemoteManifest {
  digest: string
  mediaType: string
  content: Uint8Array
}

/** Accepted manifest types (OCI image specification, "Media Types"; Docker's are older names of the same). */
const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

const DIALECT: Dialect = {
  // OCI distribution specification, "Error Codes".
  messageOf: (response) => {
    const code = messageAt(response, 'errors', 0, 'code')
    return messageAt(response, 'errors', 0, 'message') ?? code ?? messageAt(response, 'details')
  },
}

/** Client of one repository (OCI distribution specification 1.1). Each call throws RemoteError. */
export class OciClient {
  readonly #authorization: Authorization
  readonly #credentials: Credentials | null
  readonly #support: string
  readonly #base: string
  readonly #uploads: Uploads
  readonly #recent: RecentAnswers

  constructor(ports: Pick<Ports, 'http' | 'clock'>, remote: OciRemote) {
    const { registry, repository, credentials, mountFrom } = remote
    const access = { repository, mountFrom }
    this.#authorization = new Authorization(sender(ports, DIALECT), registry, credentials, access)
    this.#base = `${registry}/v2/${repository}`
    this.#support = `${registry}/v2/`
    this.#credentials = credentials
    this.#recent = new RecentAnswers(ports.clock)
    this.#uploads = new Uploads((request, expected) => this.#ask(request, expected), this.#base, mountFrom)
  }

  /** Returns the digest of the manifest that a tag or digest names, or null; see RecentAnswers. */
  digestOf(reference: string): Promise<string | null> {
    return this.#recent.recall(reference, () => this.#digestOf(reference))
  }

  async #digestOf(reference: string): Promise<string | null> {
    const url = `${this.#base}/manifests/${reference}`
    // Docker Hub counts GETs as pulls, not HEADs.
    const response = await this.#ask({ method: 'HEAD', url, headers: { accept: MANIFEST_TYPES } }, [200, 404])
    if (response.status === 404) return null
    return response.headers['docker-content-digest'] ?? (await this.manifest(reference))?.digest ?? null
  }

  /**
   * Returns the manifest or index that a tag or digest names, or null.
   * @throws RemoteError `doubtful` when its bytes have another digest
   */
  async manifest(reference: string): Promise<RemoteManifest | null> {
    const url = `${this.#base}/manifests/${reference}`
    const response = await this.#ask({ method: 'GET', url, headers: { accept: MANIFEST_TYPES } }, [200, 404])
    if (response.status === 404) return null
    const content = response.body
    const digest = digestOf(content)
    if (reference.includes(':') && reference !== digest) throw changed(reference)
    return { digest, mediaType: (response.headers['content-type'] ?? '').replace(/;.*$/, '').trim(), content }
  }

  /** Returns all tags; see RecentAnswers. */
  tags(): Promise<string[]> {
    return this.#recent.recall('tags/list', () => this.#tags())
  }

  async #tags(): Promise<string[]> {
    const all: string[] = []
    let next: string | undefined = `${this.#base}/tags/list`
    while (next !== undefined) {
      const response: HttpResponse = await this.#ask({ method: 'GET', url: next }, [200, 404])
      // A repository does not exist before its first manifest.
      if (response.status === 404) return all
      all.push(...(jsonOf<{ tags: string[] | null }>(response).tags ?? []))
      const link: string | undefined = /<([^>]+)>;\s*rel="?next"?/.exec(response.headers.link ?? '')?.[1]
      next = link === undefined ? undefined : new URL(link, next).href
    }
    return all
  }

  /**
   * Returns whether the login may push, as far as the registry's token says; null if it does not say, or if there is no
   * token yet. Sends nothing: with a login, every request asks for a token that may push.
   */
  mayPush(): Promise<boolean | null> {
    return this.#authorization.mayPush()
  }

  /**
   * Checks whether the login may push: by the token that the registry has accepted, else at the registry's root (OCI
   * distribution specification, "Determining Support"). Its challenge leads to the token server, which is asked for a
   * token to pull and push: 401 or 403 there refuses the login (distribution, "Token Authentication Specification"), and
   * so does a token that grants no push. A token that does not say, and a password that the registry itself accepts, leave
   * the login unverified.
   */
  async checkLogin(): Promise<LoginState> {
    if (this.#credentials === null) return 'not verified'
    try {
      const isKnown = await this.#authorization.isAccepted()
      if (!isKnown) await this.#ask({ method: 'GET', url: this.#support }, [200, 404])
    } catch (cause) {
      if (cause instanceof RemoteError && this.#isRefusal(cause)) return 'refused'
      throw cause
    }
    const may = await this.mayPush()
    return may === null ? 'not verified' : may ? 'accepted' : 'refused'
  }

  /**
   * Returns whether a failure refuses the login; an expired identity token is a 400 (RFC 6749, section 5.2,
   * `invalid_grant`).
   */
  #isRefusal({ failure, status }: RemoteError): boolean {
    const isIdentity = this.#credentials !== null && 'identityToken' in this.#credentials
    return failure === 'denied' || (isIdentity && failure === 'refused' && status === 400)
  }

  /** Returns whether the repository has a blob. */
  async hasBlob(digest: string): Promise<boolean> {
    const response = await this.#ask({ method: 'HEAD', url: `${this.#base}/blobs/${digest}` }, [200, 404])
    return response.status === 200
  }

  /**
   * Streams a blob to a file, which then has the digest's bytes or does not exist.
   * @throws RemoteError `doubtful` when they have another digest
   */
  async download(digest: string, file: string): Promise<void> {
    const url = `${this.#base}/blobs/${digest}`
    try {
      await this.#ask({ method: 'GET', url, saveTo: file, timeout: BLOB_TRANSFER_TIMEOUT_MS }, [200])
      const { sha256 } = await measureFile(file)
      if (`sha256:${sha256}` !== digest) throw changed(digest)
    } catch (cause) {
      await rm(file, { force: true })
      throw cause
    }
  }

  /**
   * Returns the bytes of a small blob, a config.
   * @throws RemoteError `doubtful` when they have another digest
   */
  async blob(digest: string): Promise<Uint8Array> {
    const url = `${this.#base}/blobs/${digest}`
    const { body } = await this.#ask({ method: 'GET', url, timeout: BLOB_TRANSFER_TIMEOUT_MS }, [200])
    if (digestOf(body) !== digest) throw changed(digest)
    return body
  }

  /**
   * Adds a missing blob to the repository: mounts it from another repository if that has it, else uploads it, resuming
   * an upload of this client that broke off.
   */
  uploadBlob(digest: string, content: Blob): Promise<void> {
    this.#recent.end()
    return this.#uploads.put(digest, content)
  }

  /** Stores a manifest or index under a tag or its digest. */
  async putManifest(reference: string, { mediaType, content }: Omit<RemoteManifest, 'digest'>): Promise<void> {
    this.#recent.end()
    const url = `${this.#base}/manifests/${reference}`
    await this.#ask({ method: 'PUT', url, headers: { 'content-type': mediaType }, body: content }, [201])
  }

  #ask(request: HttpRequest, expected: readonly number[]): Promise<HttpResponse> {
    return this.#authorization.send(request, expected)
  }
}

function changed(digest: string): RemoteError {
  return new RemoteError('doubtful', `the content received for ${digest} has another digest`)
}

/** Returns the `sha256:<hex>` of bytes. */
function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}
