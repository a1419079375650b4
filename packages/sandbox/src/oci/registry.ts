import { type Answer, json, type Request, type Service } from '../service.ts'
import { Store } from '../store.ts'
import { authorize } from './access.ts'
import type { AuthMode, TokenForm } from './account.ts'
import { blobRoutes } from './blobs.ts'
import type { LocationStyle, Setting } from './call.ts'
import { discoveryRoutes } from './discovery.ts'
import { manifestRoutes } from './manifests.ts'
import { refused } from './refusal.ts'
import { isName, repository, type State } from './state.ts'
import { tokenRoutes } from './token.ts'
import { uploadRoutes } from './uploads.ts'

/** Services that are registries of images. */
export type OciName = 'dockerhub' | 'ghcr'

/** A registry of images (OCI distribution specification 1.1). */
export interface OciRegistry {
  service: Service
  /** How it asks who calls. */
  auth: AuthMode
  /** Docker Hub's setting: tags of a repository cannot be moved. Throws an Error for what is no repository's name. */
  setImmutableTags(repository: string, enabled: boolean): void
}

/** What a registry is made of. */
export interface RegistryOptions {
  name: OciName
  /** Of its state. */
  folder: string
  /** The account that may push, and its token. */
  username: string
  password: string
  tokens: TokenForm
  locations: LocationStyle
}

/** Makes a registry. Repositories are there once something is pushed to them; all are public. */
export function ociRegistry({ folder, ...options }: RegistryOptions): OciRegistry {
  const store = new Store<State>(folder, { repositories: [], sessions: [] })
  const setting: Setting = {
    ...options,
    store,
    // Docker's own images are nobody's else to push; other registries know no such names.
    mayPush: (repository) => options.name !== 'dockerhub' || !repository.startsWith('library/'),
    mode: () => registry.auth,
  }
  // "Determining Support": whoever is let in.
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
      if (!isName(name)) throw new Error(`${name} is no name of a repository.`)
      store.change((state) => {
        repository(state, name).immutableTags = enabled
      })
    },
  }
  return registry
}
