import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import type { SandboxDescription } from '@slipway/sandbox/description'
import type { OciName } from '@slipway/sandbox/oci/registry'
import type { Tested } from './harness.ts'

/** Returns `sha256:<hex>` of some bytes. */
export function digestOf(bytes: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** Optional parts of a request. */
export interface Sent {
  body?: string | Uint8Array<ArrayBuffer>
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Types of manifests. */
export const IMAGE = 'application/vnd.oci.image.manifest.v1+json'
export const INDEX = 'application/vnd.oci.image.index.v1+json'

/** A repository of a sandbox's registry, accessed by plain HTTP without a client. */
export class Spoken {
  readonly origin: string
  readonly name: string
  readonly #authorization: string

  private constructor(origin: string, name: string, authorization: string) {
    this.origin = origin
    this.name = name
    this.#authorization = authorization
  }

  /** Logs in as the account, with a token to push to this repository and for more scopes. */
  static async open(sandbox: SandboxDescription, service: OciName, name: string, ...scopes: string[]): Promise<Spoken> {
    const { registry, username, password } = sandbox[service]
    const query = [`repository:${name}:pull,push`, ...scopes]
      .map((each) => `scope=${encodeURIComponent(each)}`)
      .join('&')
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const response = await fetch(`${registry}/token?${query}`, { headers: { authorization: basic } })
    const { token } = (await response.json()) as { token: string }
    return new Spoken(registry, name, `Bearer ${token}`)
  }

  /** Sends a request to a path below the repository, or to an address that the registry returned. */
  send(method: string, path: string, { body, headers, signal }: Sent = {}): Promise<Response> {
    const url = new URL(
      path.startsWith('/v2/') || path.includes('://') ? path : `/v2/${this.name}/${path}`,
      this.origin,
    )
    return fetch(url, { method, body, headers: { authorization: this.#authorization, ...headers }, signal })
  }

  /** Opens an upload; returns its address. */
  async begin(): Promise<string> {
    return (await this.send('POST', 'blobs/uploads/')).headers.get('location') ?? ''
  }

  /** Closes an upload, with or without last bytes. */
  close(location: string, digest: string, sent: Sent = {}): Promise<Response> {
    return this.send('PUT', withDigest(location, digest), sent)
  }

  /** Pushes a whole blob; returns its descriptor. Throws if the registry refuses. */
  async blob(content: string, mediaType = 'application/octet-stream') {
    const digest = digestOf(content)
    const response = await this.send('POST', `blobs/uploads/?digest=${digest}`, { body: content })
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
    return { mediaType, digest, size: Buffer.byteLength(content) }
  }

  /** Pulls a blob; throws if that fails. */
  async pulled(digest: string): Promise<string> {
    const response = await this.send('GET', `blobs/${digest}`)
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
    return response.text()
  }

  /** Pushes a manifest by tag or digest, by default with its own media type. */
  put(reference: string, manifest: object | string, type?: string): Promise<Response> {
    const body = typeof manifest === 'string' ? manifest : JSON.stringify(manifest)
    const contentType = type ?? (manifest as { mediaType?: string }).mediaType ?? IMAGE
    return this.send('PUT', `manifests/${reference}`, { body, headers: { 'content-type': contentType } })
  }

  /** Pushes the blobs of an image and returns its manifest, which is not pushed. */
  async image(content: string, more: object = {}) {
    const config = await this.blob('{}', 'application/vnd.oci.image.config.v1+json')
    const layers = [await this.blob(content, 'application/vnd.oci.image.layer.v1.tar')]
    return { schemaVersion: 2, mediaType: IMAGE, config, layers, ...more }
  }

  /** Sends a request with fewer bytes than the promised `length`, then closes the connection. */
  async breakOff(method: string, path: string, length: number, part: string, headers: Record<string, string> = {}) {
    const { pathname, search, hostname, port, host } = new URL(path, this.origin)
    const all = { host, authorization: this.#authorization, 'content-length': String(length), ...headers }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    const socket = connect(Number(port), hostname)
    await new Promise((resolve) =>
      socket.write(`${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${part}`, resolve),
    )
    socket.destroySoon()
  }
}

/** Returns the descriptor of a manifest, as pushed. */
export function described(manifest: object & { mediaType: string }) {
  const text = JSON.stringify(manifest)
  return { mediaType: manifest.mediaType, digest: digestOf(text), size: text.length }
}

/** Returns an upload's address with the digest that closes it; the address may already have a query. */
export function withDigest(location: string, digest: string): string {
  return `${location}${location.includes('?') ? '&' : '?'}digest=${digest}`
}

/** Returns the status and error codes of a refusal. */
export async function refusal(response: Response): Promise<[number, ...string[]]> {
  const { errors } = (await response.json()) as { errors: { code: string }[] }
  return [response.status, ...errors.map((each) => each.code)]
}

/** Returns the changes in a registry, in order. */
export async function effects(sandbox: Tested, service: OciName): Promise<string[]> {
  const log = await sandbox.steer.log()
  return log.flatMap((each) => (each.service === service && each.effect !== null ? [each.effect] : []))
}

/** Waits until the log has a truncated request; returns its entry. */
export async function brokenOff(sandbox: Tested) {
  for (;;) {
    const entry = (await sandbox.steer.log()).findLast((each) => each.status === 0)
    if (entry) return entry
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
