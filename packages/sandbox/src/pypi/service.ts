import type { Answer, Request, Service } from '../service.ts'
import { Store } from '../store.ts'
import { provenance } from './attestations.ts'
import { loginOf } from './login.ts'
import { minting } from './mint.ts'
import { projectList, projectPage } from './simple.ts'
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

/** Makes an index with its state in a folder. */
export function pythonIndex(options: {
  name: 'pypi' | 'testpypi'
  folder: string
  token: string
  /** Returns the address of the issuer of ID tokens. */
  issuer(): string
  /** Returns the address of the trusted root that verifies attestations. */
  trustedRoot(): string
}): PythonIndex {
  const store = new Store<State>(options.folder, INITIAL)
  const { audienceOf, mint } = minting({ store, audience: options.name, issuer: options.issuer })
  const missing: Answer = { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 Not Found' }

  const uploads = async (request: Request): Promise<Answer> => {
    const login = loginOf(request, options.token, store)
    return upload(request, store, { lag: index.lag, login, root: () => authority(options.trustedRoot()) })
  }

  const isShown = (name: string) => {
    const now = Date.now()
    const files = store.state.projects[name]?.files
    // A project created by trusted publishing has a page before it has files.
    return files !== undefined && (files.length === 0 || files.some((each) => each.visibleAt <= now))
  }

  const project = (request: Request, { name = '' }: Record<string, string>): Answer => {
    const normal = normalizedName(name)
    if (name !== normal || !request.path.endsWith('/')) return redirect(301, `/simple/${normal}/`)
    const found = store.state.projects[normal]
    return found && isShown(normal) ? projectPage(request, normal, found) : missing
  }

  const list = (request: Request): Answer => projectList(request, Object.keys(store.state.projects).filter(isShown))

  const file = (_request: Request, { sha256 = '', filename = '' }: Record<string, string>): Answer => {
    const files = Object.values(store.state.projects).flatMap((each) => each.files)
    const found = files.find((each) => each.sha256 === sha256 && filename.replace(/\.metadata$/, '') === each.filename)
    if (!found) return missing
    const headers = {
      'content-type': 'application/octet-stream',
      'cache-control': 'max-age=365000000, immutable, public',
    }
    return { status: 200, headers, body: store.bytes(filename === found.filename ? sha256 : found.metadata) }
  }

  const index: PythonIndex = {
    lag: 0,
    service: {
      name: options.name,
      unknown: () => missing,
      routes: [
        { method: 'POST', path: /^\/legacy\/$/, handle: uploads, upload: true, carries: isMultipart },
        { method: 'POST', path: /^\/legacy$/, handle: () => redirect(308, '/legacy/'), upload: true },
        { method: 'GET', path: /^\/simple$/, handle: () => redirect(301, '/simple/') },
        { method: 'GET', path: /^\/simple\/$/, handle: list },
        { method: 'GET', path: /^\/simple\/(?<name>[^/]+)\/?$/, handle: project },
        { method: 'GET', path: /^\/_\/oidc\/audience$/, handle: audienceOf },
        { method: 'POST', path: /^\/_\/oidc\/(?:github\/)?mint-token$/, handle: mint },
        {
          method: 'GET',
          path: /^\/integrity\/(?<name>[^/]+)\/(?<version>[^/]+)\/(?<filename>[^/]+)\/provenance$/,
          handle: (request, { name = '', version = '', filename = '' }) =>
            provenance(request, store.state.projects[normalizedName(name)], version, filename),
        },
        { method: 'GET', path: /^\/packages\/(?<sha256>[0-9a-f]{64})\/(?<filename>[^/]+)$/, handle: file },
      ],
    },
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

/** Fetches the authority's certificate from a trusted root. */
async function authority(address: string): Promise<Uint8Array> {
  const response = await fetch(address, { signal: AbortSignal.timeout(5000) })
  const { certificateAuthorities } = (await response.json()) as {
    certificateAuthorities: { certChain: { certificates: { rawBytes: string }[] } }[]
  }
  return Buffer.from(certificateAuthorities[0]?.certChain.certificates[0]?.rawBytes ?? '', 'base64')
}

/** Whether the body is a multipart form, the only kind with files (RFC 7578). */
const isMultipart = ({ 'content-type': type = '' }: Request['headers']) => type.startsWith('multipart/')

const redirect = (status: number, location: string): Answer => ({ status, headers: { location } })
