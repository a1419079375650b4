import type { HttpResponse } from '@slipway/core/ports'
import { RemoteError } from '@slipway/core/publisher'
import { BLOB_TRANSFER_TIMEOUT_MS } from '../limits.ts'
import type { Send } from '../remote.ts'

/** Uploads blobs to one repository (OCI distribution specification 1.1, "Pushing blobs"). */
export class Uploads {
  readonly #ask: Send
  readonly #base: string
  #mountFrom: string | null
  /** Uploads that broke off: their locations, by digest. */
  readonly #sessions = new Map<string, string>()

  /**
   * @param ask sends authorized requests to the registry
   * @param base address of the repository
   * @param mountFrom repository to mount blobs from, or null
   */
  constructor(ask: Send, base: string, mountFrom: string | null) {
    this.#ask = ask
    this.#base = base
    this.#mountFrom = mountFrom
  }

  /**
   * Adds a missing blob to the repository: mounts it from another repository if that has it, else uploads it, resuming
   * an upload of this client that broke off.
   */
  async put(digest: string, content: Blob): Promise<void> {
    const open = this.#sessions.get(digest)
    const resumed = open === undefined ? null : await this.#resume(open)
    const session = resumed ?? (await this.#begin(digest))
    if (session === null) return
    this.#sessions.set(digest, session.location)
    try {
      await this.#finish(session, digest, content)
    } catch (cause) {
      if (!isRefusal(cause)) throw cause
      this.#sessions.delete(digest)
      // The bytes sent before may be wrong, so the next try uploads the whole blob.
      if (resumed === null || cause.failure === 'denied') throw cause
      throw new RemoteError('doubtful', cause.message, { cause })
    }
    this.#sessions.delete(digest)
  }

  /** Begins an upload; null if the blob was mounted ("Mounting a blob from another repository"). */
  async #begin(digest: string): Promise<Session | null> {
    const from = this.#mountFrom
    const query = from === null ? '' : `?${new URLSearchParams({ mount: digest, from })}`
    const url = `${this.#base}/blobs/uploads/${query}`
    try {
      const response = await this.#ask({ method: 'POST', url }, [201, 202])
      return response.status === 201 ? null : { location: locationOf(response, url), offset: 0 }
    } catch (cause) {
      if (from === null || !isRefusal(cause)) throw cause
      // CNCF Distribution denies a mount without pull access to its source. Upload instead, from now on.
      this.#mountFrom = null
      return this.#begin(digest)
    }
  }

  /** Returns where an upload that broke off resumes, or null if it cannot ("Pushing a blob in chunks"). */
  async #resume(location: string): Promise<Session | null> {
    let response: HttpResponse
    try {
      response = await this.#ask({ method: 'GET', url: location }, [204])
    } catch (cause) {
      // The registry has forgotten the upload (CNCF Distribution does if the location misses the last bytes), or cannot
      // report it.
      if (isRefusal(cause) && cause.failure !== 'denied') return null
      throw cause
    }
    const { range, location: next = location } = response.headers
    const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(range ?? '')?.[1] ?? 0)
    // `0-0` may mean an empty upload or a single byte.
    return last === 0 ? null : { location: new URL(next, location).href, offset: last + 1 }
  }

  async #finish({ location, offset }: Session, digest: string, content: Blob): Promise<void> {
    let url = location
    if (offset < content.size) {
      // Like docker: send the rest in one request, with a range only when resuming.
      const headers: Record<string, string> = { 'content-type': 'application/octet-stream' }
      if (offset > 0) headers['content-range'] = `${offset}-${content.size - 1}`
      const body = content.slice(offset)
      url = locationOf(
        await this.#ask({ method: 'PATCH', url, headers, body, timeout: BLOB_TRANSFER_TIMEOUT_MS }, [202]),
        url,
      )
      // The older location may not include these bytes.
      this.#sessions.set(digest, url)
    }
    const last = new URL(url)
    last.searchParams.set('digest', digest)
    await this.#ask({ method: 'PUT', url: last.href, timeout: BLOB_TRANSFER_TIMEOUT_MS }, [201])
  }
}

/** An upload in progress. */
interface Session {
  location: string
  /** Bytes that the registry has. */
  offset: number
}

/** Returns whether the registry refused, and would again. */
function isRefusal(cause: unknown): cause is RemoteError {
  return cause instanceof RemoteError && cause.failure !== 'doubtful' && cause.failure !== 'limited'
}

/** Returns where an upload continues; the header may be relative. */
function locationOf(response: HttpResponse, base: string): string {
  const { location } = response.headers
  if (location === undefined) throw new RemoteError('doubtful', 'the registry returned no location for the upload')
  return new URL(location, base).href
}
