import type { HttpResponse, Ports } from '@slipway/core/ports'
import { type LoginState, RemoteError } from '@slipway/core/publisher'
import { PUBLIC } from '../endpoints.ts'
import { DISTRIBUTION_UPLOAD_TIMEOUT_MS } from '../limits.ts'
import { type Dialect, jsonOf, messageAt, type Send, sender, textOf } from '../remote.ts'
import type { SignerIdentity } from '../signing/certificate.ts'
import type { Secret } from '../trusted/minted.ts'
import { multipart } from './multipart.ts'
import { isClosed } from './refusals.ts'

/** A package index, and the login for it. */
export interface PyPIRemote {
  /** Address of the legacy upload API, with its trailing slash. */
  upload: string
  /** Address of the simple API. */
  simple: string
  username: string
  /** Password or API token; null for queries only. */
  token: Secret | null
  /** Whether it is PyPI, Test PyPI or a stand-in; default: decided by its address. */
  isPyPI?: boolean
}

/** A file in an index. */
export interface IndexedFile {
  filename: string
  url: string
  /** Lower-case hex; null if the index does not report it. */
  sha256: string | null
  /** Time of the upload, ISO 8601; absent if the index does not report it (PEP 700). */
  uploaded?: string
  /** Bytes; absent if the index does not report it (same). */
  size?: number
  /** Address of its provenance; absent if it has no attestation (PEP 740). */
  provenance?: string
}

/** A file in a response of the simple API (PEP 691, PEP 700). */
interface FileEntry {
  filename: string
  url: string
  hashes: { sha256?: string }
  'upload-time'?: string
  size?: unknown
  provenance?: unknown
}

/** The fields read of a provenance object (PEP 740, "Provenance objects"). */
interface ProvenanceObject {
  attestation_bundles?: { attestations?: { verification_material?: { certificate?: string } }[] }[]
}

const DIALECT: Dialect = {
  // Warehouse answers with a JSON `message` if asked for JSON; others answer with a page.
  messageOf: (response) => messageAt(response, 'message') ?? (textOf(response).replace(/<[^>]*>|\s+/g, ' ') || null),
  // PyPI answers 200 for the same bytes, so its "File already exists" means other content, which the probe then
  // reports.
  isTaken: (response, message) => response.status < 500 && /already exists|already uploaded/i.test(message),
}

/** An upload form with only the fields that select its route. */
const EMPTY_FORM = { ':action': 'file_upload', protocol_version: '1' }

/** PyPI's refusal of an unknown or expired token (warehouse/macaroons/security_policy.py). */
const EXPIRED = /invalid or non-existent authentication|expired/i

/** Returns whether an upload address is PyPI's or Test PyPI's. */
function isPublic(upload: string): boolean {
  return [PUBLIC.pypi.upload, PUBLIC.testpypi.upload].includes(upload)
}

/** Client of the simple API (PEP 503, PEP 691) and of PyPI's legacy upload API. Methods throw RemoteError. */
export class PyPIClient {
  readonly #send: Send
  readonly #remote: PyPIRemote

  constructor(ports: Pick<Ports, 'http' | 'clock'>, remote: PyPIRemote) {
    this.#send = sender(ports, DIALECT)
    this.#remote = remote
  }

  /** Returns whether the index has a project, by its normalized name; the project may be empty. */
  async exists(project: string): Promise<boolean> {
    return (await this.#page(project)).status === 200
  }

  /** Returns the files of a project, by its normalized name; none if there is no such project. */
  async files(project: string): Promise<IndexedFile[]> {
    const response = await this.#page(project)
    if (response.status === 404) return []
    if (!(response.headers['content-type'] ?? '').includes('json'))
      return filesOfPage(textOf(response), this.#addressOf(project))
    return jsonOf<{ files: FileEntry[] }>(response).files.map((each) => ({
      filename: each.filename,
      url: new URL(each.url, this.#addressOf(project)).href,
      sha256: each.hashes.sha256?.toLowerCase() ?? null,
      ...(each['upload-time'] !== undefined && { uploaded: each['upload-time'] }),
      ...(typeof each.size === 'number' && { size: each.size }),
      ...(typeof each.provenance === 'string' && {
        provenance: new URL(each.provenance, this.#addressOf(project)).href,
      }),
    }))
  }

  /**
   * Returns the signers in a file's attestations, which the index verified at upload (PEP 740, "Provenance objects").
   */
  async signers(provenance: string): Promise<SignerIdentity[]> {
    const accept = 'application/vnd.pypi.integrity.v1+json, application/json;q=0.5'
    const response = await this.#send({ method: 'GET', url: provenance, headers: { accept } }, [200, 404])
    if (response.status === 404) return []
    const { attestation_bundles: bundles = [] } = jsonOf<ProvenanceObject>(response)
    const certificates = bundles.flatMap(({ attestations = [] }) =>
      attestations.flatMap((each) => each.verification_material?.certificate ?? []),
    )
    const { certifiedBy } = await import('../signing/certificate.ts')
    return (await Promise.all(certificates.map(certifiedBy))).filter((each) => each !== null)
  }

  /** Downloads a file. */
  async download({ url }: IndexedFile): Promise<Uint8Array> {
    return (await this.#send({ method: 'GET', url, timeout: DISTRIBUTION_UPLOAD_TIMEOUT_MS }, [200])).body
  }

  #addressOf(project: string): string {
    return `${this.#remote.simple.replace(/\/?$/, '/')}${project}/`
  }

  #page(project: string): Promise<HttpResponse> {
    const accept = 'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1'
    // Slipway decides by this answer, so it must not come from the caches in front of the index, which last minutes.
    const headers = { accept, 'cache-control': 'no-cache' }
    return this.#send({ method: 'GET', url: this.#addressOf(project), headers }, [200, 404])
  }

  /** Uploads one file with its form fields. */
  async upload(fields: readonly (readonly [string, string])[], filename: string, content: Blob): Promise<void> {
    const { type, body } = multipart(fields, { field: 'content', filename, content })
    const { upload: url, token } = this.#remote
    const post = (password: string) => {
      const headers = { ...this.#login(password), 'content-type': type }
      return this.#send({ method: 'POST', url, headers, body, timeout: DISTRIBUTION_UPLOAD_TIMEOUT_MS }, [200, 201])
    }
    if (token === null || typeof token === 'string') await post(token ?? '')
    else await token.use(EXPIRED, post)
  }

  /**
   * Checks whether PyPI knows the token, with an upload form that has no name and no file. Warehouse checks the
   * identity before it reads the form (warehouse/forklift/decorators.py, `ensure_uploads_allowed`): it answers 403 for
   * an unknown token, and 400 ("'' is an invalid value for Name") for a known one, before it looks up any project. It
   * checks the scope and age of a token later, against a project. Sends nothing to other indexes, whose order of checks
   * is unknown.
   */
  async checkLogin(): Promise<LoginState> {
    const { token, upload: url, isPyPI = isPublic(url) } = this.#remote
    if (token === null || !isPyPI) return 'not verified'
    if (typeof token !== 'string') return token.value().then(() => 'accepted')
    const headers = { ...this.#login(token), 'content-type': 'application/x-www-form-urlencoded' }
    const body = new TextEncoder().encode(new URLSearchParams(EMPTY_FORM).toString())
    try {
      const response = await this.#send({ method: 'POST', url, headers, body }, [400])
      return /invalid value for name/i.test(DIALECT.messageOf(response) ?? '') ? 'accepted' : 'not verified'
    } catch (cause) {
      if (!(cause instanceof RemoteError) || cause.failure !== 'denied') throw cause
      return isClosed(cause) ? 'not verified' : 'refused'
    }
  }

  #login(password: string): Record<string, string> {
    const credentials = Buffer.from(`${this.#remote.username}:${password}`).toString('base64')
    return { accept: 'application/json', authorization: `Basic ${credentials}` }
  }
}

/** Reads the files of a project page (PEP 503): anchors with the file name as text and its hash as fragment. */
function filesOfPage(page: string, base: string): IndexedFile[] {
  return [...page.matchAll(/<a\s[^>]*?href\s*=\s*["']([^"']*)["'][^>]*>([^<]*)<\/a>/gi)].map((match) => {
    const url = new URL((match[1] as string).replaceAll('&amp;', '&'), base)
    const sha256 = /^#sha256=([0-9a-f]{64})$/i.exec(url.hash)?.[1]?.toLowerCase() ?? null
    url.hash = ''
    return { filename: (match[2] as string).trim(), url: url.href, sha256 }
  })
}
