import { type Answer, json, type Request, type Service } from '../service.ts'
import { Store } from '../store.ts'
import { authorize } from './access.ts'
import type { AuthMode, TokenForm } from './auth.ts'
import { blobRoutes } from './blobs.ts'
import type { LocationStyle, Setting } from './call.ts'
import { discoveryRoutes } from './discovery.ts'
import { manifestRoutes } from './manifests.ts'
import { refused } from './refusal.ts'
import { isName, repository, type State } from './state.ts'
import { tokenRoutes } from './token.ts'
import { uploadRoutes } from './uploads.ts'

/** Image registries among the services. */
export type OciName = 'dockerhub' | 'ghcr'

/** An image registry (OCI distribution specification 1.1). */
export interface OciRegistry {
  service: Service
  /** How it authenticates callers. */
  auth: AuthMode
  /**
   * Sets Docker Hub's "immutable tags" of a repository.
   * @throws Error for an invalid repository name
   */
  setImmutableTags(repository: string, enabled: boolean): void
}

/** Options of a registry. */
export interface RegistryOptions {
  name: OciName
  /** Folder of its state. */
  folder: string
  /** The account that may push, with its token. */
  username: string
  password: string
  tokens: TokenForm
  locations: LocationStyle
}

/** Makes a registry. A repository exists once something is pushed to it; all are public. */
export function ociRegistry({ folder, ...options }: RegistryOptions): OciRegistry {
  const store = new Store<State>(folder, { repositories: [], sessions: [] })
  const setting: Setting = {
    ...options,
    store,
    // Only Docker may push official images; other registries have no such names.
    mayPush: (repository) => options.name !== 'dockerhub' || !repository.startsWith('library/'),
    mode: () => registry.auth,
  }
  // "Determining Support": for every authenticated caller.
  const support = (request: Request): Answer => {
    authorize(setting, request, null)
    return json(200, {})
  }
  const registry: OciRegistry = {
    auth: 'token',
    service: {
      name: options.name,
      unknown: () => refused(404, [{ code: 'UNSUPPORTED', message: 'there is nothing here' }]),
      dress: (answer) => ({
        ...answer,
        headers: { 'docker-distribution-api-version': 'registry/2.0', ...answer.headers },
      }),
      routes: [
        { method: 'GET', path: /^\/v2\/?$/, handle: support },
        ...tokenRoutes(setting),
        ...uploadRoutes(setting),
        ...blobRoutes(setting),
        ...manifestRoutes(setting),
        ...discoveryRoutes(setting),
      ],
    },
    setImmutableTags: (name, enabled) => {
      if (!isName(name)) throw new Error(`${name} is not a repository name.`)
      store.change((state) => {
        repository(state, name).immutableTags = enabled
      })
    },
  }
  return registry
}
