import { FETCH_TIMEOUT_MS } from '../limits.ts'
import type { Answer, Handler, Request, Route, Service } from '../service.ts'
import { Store } from '../store.ts'
import { loginOf } from './login.ts'
import { minting } from './mint.ts'
import { missing, reading, redirect } from './reading.ts'
import { INITIAL, type PypiPublisher, type State } from './state.ts'
import { upload } from './upload.ts'
import { normalizedName } from './version.ts'

/** A Python package index with PyPI's rules. */
export interface PythonIndex {
  service: Service
  /** Milliseconds until the simple index shows new files. */
  lag: number
  /**
   * Deletes a file as its owner would: its name stays used.
   * @throws Error if there is no such file
   */
  remove(filename: string): void
  /** Sets the trusted publishers. A missing project is created unless its publisher is pending. */
  setPublishers(publishers: PypiPublisher[]): void
  /** Changes the settings of trusted publishing. */
  set(settings: Partial<Pick<State, 'tokenLifetime' | 'trustedPublishing'>>): void
}

/** Options of an index. */
export interface PythonIndexOptions {
  name: 'pypi' | 'testpypi'
  /** Folder of its state. */
  folder: string
  /** The user's API token. */
  token: string
  /** Returns the address of the issuer of ID tokens. */
  issuer(): string
  /** Returns the address of the trusted root that verifies attestations. */
  trustedRoot(): string
}

/** Makes an index with its state in a folder. */
export function pythonIndex({ name, folder, token, issuer, trustedRoot }: PythonIndexOptions): PythonIndex {
  const store = new Store<State>(folder, INITIAL)
  const uploads = async (request: Request): Promise<Answer> => {
    const login = loginOf(request, token, store)
    return upload(request, store, { lag: index.lag, login, root: () => authority(trustedRoot()) })
  }
  const routes = routesOf({ uploads, ...reading(store), ...minting({ store, audience: name, issuer }) })
  const index: PythonIndex = {
    lag: 0,
    service: { name, routes, unknown: () => missing },
    remove: (filename) =>
      store.change((state) => {
        for (const each of Object.values(state.projects)) {
          const at = each.files.findIndex((one) => one.filename === filename)
          if (at >= 0) return void each.files.splice(at, 1)
        }
        throw new Error(`There is no file ${filename}.`)
      }),
    setPublishers: (publishers) =>
      store.change((state) => {
        state.publishers = publishers
        for (const { project, pending } of publishers) {
          if (!pending) state.projects[normalizedName(project)] ??= { name: project, summary: '', files: [] }
        }
      }),
    set: (settings) => store.change((state) => void Object.assign(state, settings)),
  }
  return index
}

/** The handlers of all requests. */
type Handlers = Record<
  'uploads' | 'list' | 'project' | 'about' | 'file' | 'provenanceOf' | 'audienceOf' | 'mint',
  Handler
>

function routesOf({ uploads, list, project, about, file, provenanceOf, audienceOf, mint }: Handlers): Route[] {
  return [
    { method: 'POST', path: /^\/legacy\/$/, handle: uploads, upload: true, carries: isMultipart },
    { method: 'POST', path: /^\/legacy$/, handle: () => redirect(308, '/legacy/'), upload: true },
    { method: 'GET', path: /^\/simple$/, handle: () => redirect(301, '/simple/') },
    { method: 'GET', path: /^\/simple\/$/, handle: list },
    { method: 'GET', path: /^\/simple\/(?<name>[^/]+)\/?$/, handle: project },
    { method: 'GET', path: /^\/pypi\/(?<name>[^/]+)\/json\/?$/, handle: about },
    { method: 'GET', path: /^\/_\/oidc\/audience$/, handle: audienceOf },
    { method: 'POST', path: /^\/_\/oidc\/(?:github\/)?mint-token$/, handle: mint },
    {
      method: 'GET',
      path: /^\/integrity\/(?<name>[^/]+)\/(?<version>[^/]+)\/(?<filename>[^/]+)\/provenance$/,
      handle: provenanceOf,
    },
    { method: 'GET', path: /^\/packages\/(?<sha256>[0-9a-f]{64})\/(?<filename>[^/]+)$/, handle: file },
  ]
}

/** Fetches the authority's certificate from a trusted root. */
async function authority(address: string): Promise<Uint8Array> {
  const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
  const { certificateAuthorities } = (await response.json()) as {
    certificateAuthorities: { certChain: { certificates: { rawBytes: string }[] } }[]
  }
  return Buffer.from(certificateAuthorities[0]?.certChain.certificates[0]?.rawBytes ?? '', 'base64')
}

/** Whether the body is a multipart form, the only kind with files (RFC 7578). */
const isMultipart = ({ 'content-type': type = '' }: Request['headers']) => type.startsWith('multipart/')
