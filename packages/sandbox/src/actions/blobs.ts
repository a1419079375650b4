import { createHmac } from 'node:crypto'
import { type Answer, Refusal, type Request, type Route } from '../service.ts'
import type { Store } from '../store.ts'
import type { Artifact, State } from './state.ts'

/** Lifetime of a signed address in milliseconds. */
const LIFETIME = 60 * 60 * 1000

/**
 * Returns the address for writing or reading an artifact's bytes, with the permission in its query as in a shared
 * access signature. Azure's client takes the first path segment at an IP address for the account.
 */
export function signedUrl(origin: string, artifact: Artifact, permission: 'r' | 'w', secret: string): string {
  const path = `/artifacts/${artifact.runId}/${artifact.id}`
  const until = new Date(Date.now() + LIFETIME).toISOString()
  const query = new URLSearchParams({ se: until, sp: permission, sig: signature(path, permission, until, secret) })
  return `${origin}${path}?${query}`
}

function signature(path: string, permission: string, until: string, secret: string): string {
  return createHmac('sha256', secret).update(`${permission} ${until} ${path}`).digest('base64')
}

const PATH = /^\/artifacts\/(?<run>[^/]+)\/(?<id>\d+)$/

/** Returns the routes of blobs: the part of Azure's "Blob service REST API" that transfers artifacts. */
export function blobRoutes(store: Store<State>, secret: string): Route[] {
  const uploads = new BlobUploads(store)
  return [
    {
      method: 'PUT',
      path: PATH,
      handle: (request, { id }) => uploads.put(signedArtifact(store, secret, request, id, 'w'), request),
    },
    {
      method: 'GET',
      path: PATH,
      handle: (request, { id }) => download(store, signedArtifact(store, secret, request, id, 'r')),
    },
  ]
}

/**
 * Finds the artifact of a request whose signature grants the permission.
 * @throws Refusal 403 or 404
 */
function signedArtifact(
  store: Store<State>,
  secret: string,
  { path, query }: Request,
  id: string | undefined,
  permission: 'r' | 'w',
): Artifact {
  const until = query.get('se') ?? ''
  if (query.get('sig') !== signature(path, query.get('sp') ?? '', until, secret) || !(Date.parse(until) > Date.now()))
    throw refusal(403, 'AuthenticationFailed')
  if (query.get('sp') !== permission) throw refusal(403, 'AuthorizationPermissionMismatch')
  const artifact = store.state.artifacts.find((each) => each.id === Number(id))
  if (!artifact) throw refusal(404, 'BlobNotFound')
  return artifact
}

/** Receives the bytes of artifacts, whole or in blocks. */
class BlobUploads {
  readonly #store: Store<State>
  /** Uncommitted blocks, by artifact and block id. */
  readonly #blocks = new Map<number, Map<string, Buffer>>()

  constructor(store: Store<State>) {
    this.#store = store
  }

  /**
   * Handles "Put Blob", "Put Block" and "Put Block List".
   * @throws Refusal 400 or 409
   */
  put(artifact: Artifact, { body, query }: Request): Answer {
    if (artifact.finalized) throw refusal(409, 'BlobImmutableDueToPolicy')
    const staged = this.#blocks.get(artifact.id) ?? new Map<string, Buffer>()
    switch (query.get('comp')) {
      case 'block':
        this.#blocks.set(artifact.id, staged.set(query.get('blockid') ?? '', body))
        return { status: 201, headers: headers() }
      case 'blocklist': {
        const ids = [...body.toString('utf8').matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]+)</g)]
        const parts = ids.map(([, each = '']) => {
          const part = staged.get(each)
          if (!part) throw refusal(400, 'InvalidBlockList')
          return part
        })
        return this.#commit(artifact, Buffer.concat(parts))
      }
      case null:
        return this.#commit(artifact, body)
      default:
        throw refusal(400, 'InvalidQueryParameterValue')
    }
  }

  /** Stores the bytes of an artifact. */
  #commit({ id }: Artifact, bytes: Buffer): Answer {
    const sha256 = this.#store.keep(bytes)
    this.#store.change((state) => {
      for (const each of state.artifacts) if (each.id === id) Object.assign(each, { sha256, size: bytes.length })
    })
    this.#blocks.delete(id)
    return { status: 201, headers: headers() }
  }
}

/**
 * Returns the bytes of an artifact.
 * @throws Refusal 404 if they are not committed
 */
function download(store: Store<State>, artifact: Artifact): Answer {
  if (artifact.sha256 === null) throw refusal(404, 'BlobNotFound')
  return {
    status: 200,
    headers: {
      ...headers(),
      'x-ms-blob-type': 'BlockBlob',
      'content-type': artifact.mimeType,
      'content-disposition': disposition(artifact),
    },
    body: store.bytes(artifact.sha256),
  }
}

/** Returns the header that names the saved file of an artifact. */
function disposition({ name, mimeType }: Artifact): string {
  const file = mimeType.includes('zip') && !name.endsWith('.zip') ? `${name}.zip` : name
  return `attachment; filename="${file.replace(/[^\x20-\x7e]|["\\]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(file)}`
}

/** Returns the headers of every answer. */
function headers(): Record<string, string> {
  return {
    'x-ms-request-id': '00000000-0000-0000-0000-000000000000',
    'x-ms-version': '2025-01-05',
    etag: '"0x8D00000000000000"',
    'last-modified': new Date().toUTCString(),
  }
}

/** Returns a refusal in Azure's form ("Status and error codes"). */
function refusal(status: number, code: string): Refusal {
  return new Refusal({
    status,
    headers: { ...headers(), 'content-type': 'application/xml', 'x-ms-error-code': code },
    body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
  })
}
