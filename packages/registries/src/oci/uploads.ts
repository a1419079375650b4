import type { HttpResponse } from '@slipway/core/ports'
import { RemoteError } from '@slipway/core/publisher'
import type { Send } from '../remote.ts'

/** Milliseconds: layers may be large; registries take them at the speed of the line. */
export const TRANSFER_TIMEOUT = 600_000

/** Sends blobs to one repository (OCI distribution specification 1.1, "Pushing blobs"). */
export class Uploads {
  readonly #ask: Send
  readonly #base: string
  #mountFrom: string | null
  /** Those that broke off, by digest: where they go on. */
  readonly #sessions = new Map<string, string>()

  /**
   * @param ask sends to the registry, with what authorizes
   * @param base address of the repository
   * @param mountFrom repository that is asked to share blobs, or null
   */
  constructor(ask: Send, base: string, mountFrom: string | null) {
    this.#ask = ask
    this.#base = base
    this.#mountFrom = mountFrom
  }

  /**
   * Makes the repository hold a blob that it does not have: mounted from another repository where that has it, else
   * sent, from where an earlier call of this client broke off.
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
      // What was sent before may be what is wrong: it is sent anew, as a whole.
      if (resumed === null || cause.failure === 'denied') throw cause
      throw new RemoteError('doubtful', cause.message, { cause })
    }
    this.#sessions.delete(digest)
  }

  /** Begins an upload; null when the blob could be mounted ("Mounting a blob from another repository"). */
  async #begin(digest: string): Promise<Session | null> {
    const from = this.#mountFrom
    const query = from === null ? '' : `?${new URLSearchParams({ mount: digest, from })}`
    const url = `${this.#base}/blobs/uploads/${query}`
    try {
      const response = await this.#ask({ method: 'POST', url }, [201, 202])
      return response.status === 201 ? null : { location: locationOf(response, url), offset: 0 }
    } catch (cause) {
      if (from === null || !isRefusal(cause)) throw cause
      // CNCF Distribution denies it who may not pull from there: then nothing is mounted, and all is sent.
      this.#mountFrom = null
      return this.#begin(digest)
    }
  }

  /** Where an upload that broke off is to go on, or null when it cannot ("Pushing a blob in chunks"). */
  async #resume(location: string): Promise<Session | null> {
    let response: HttpResponse
    try {
      response = await this.#ask({ method: 'GET', url: location }, [204])
    } catch (cause) {
      // Forgotten; CNCF Distribution forgets one whose address does not know of the last bytes. Or nothing to ask about.
      if (isRefusal(cause) && cause.failure !== 'denied') return null
      throw cause
    }
    const { range, location: next = location } = response.headers
    const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(range ?? '')?.[1] ?? 0)
    // `0-0` is what an empty upload tells as well as one of a byte.
    return last === 0 ? null : { location: new URL(next, location).href, offset: last + 1 }
  }

  async #finish({ location, offset }: Session, digest: string, content: Blob): Promise<void> {
    let url = location
    if (offset < content.size) {
      // As docker does: all that is left in one request, and a range only where it goes on.
      const headers: Record<string, string> = { 'content-type': 'application/octet-stream' }
      if (offset > 0) headers['content-range'] = `${offset}-${content.size - 1}`
      const body = content.slice(offset)
      url = locationOf(await this.#ask({ method: 'PATCH', url, headers, body, timeout: TRANSFER_TIMEOUT }, [202]), url)
      // The older address may know nothing of these bytes.
      this.#sessions.set(digest, url)
    }
    const last = new URL(url)
    last.searchParams.set('digest', digest)
    await this.#ask({ method: 'PUT', url: last.href, timeout: TRANSFER_TIMEOUT }, [201])
  }
}

/** An upload that is under way. */
interface Session {
  location: string
  /** Bytes that are there. */
  offset: number
}

/** Whether the registry said no, and will say so again. */
function isRefusal(cause: unknown): cause is RemoteError {
  return cause instanceof RemoteError && cause.failure !== 'doubtful' && cause.failure !== 'limited'
}

/** Where an upload goes on; may be relative. */
function locationOf(response: HttpResponse, base: string): string {
  const { location } = response.headers
  if (location === undefined) throw new RemoteError('doubtful', 'the registry told no place for the upload')
  return new URL(location, base).href
}
