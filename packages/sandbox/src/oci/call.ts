import { type Answer, type Received, Refusal, type Request, type Route } from '../service.ts'
import type { Store } from '../store.ts'
import { authorize, type Caller } from './access.ts'
import type { RegistryAuth } from './auth.ts'
import { refusal } from './refusal.ts'
import { isName, look, type Repository, type State } from './state.ts'
import type { Action, Grant } from './token.ts'

/**
 * The form of addresses in `Location` headers; the specification allows both. `distribution`: absolute, as in the
 * server of that name, with a query in a session's address that must come back. `plain`: the path alone.
 */
export type LocationStyle = 'distribution' | 'plain'

/** Context of a registry's routes. */
export interface Setting extends RegistryAuth {
  store: Store<State>
  locations: LocationStyle
}

/** A request to a route of a repository. */
export interface Call extends Setting {
  request: Request
  params: Record<string, string>
  /** Name of the repository: valid, but it may not exist. */
  name: string
  caller: Caller
}

/**
 * Returns the repository of a call.
 * @throws Refusal 404
 */
export function known(call: Call): Repository {
  const found = look(call.store.state, call.name)
  if (!found) throw refusal(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name: call.name })
  return found
}

/** Returns the streamed body of a call. */
export function receivedBy({ request: { received } }: Call): Received {
  if (!received) throw new Error('the route does not stream its bodies')
  return received
}

/** Returns an address below the repository of a call, for a `Location` header. */
export function locationOf(call: Call, path: string): string {
  return `${call.locations === 'distribution' ? call.request.origin : ''}/v2/${call.name}${path}`
}

/** Optional parts of a repository's route. */
export interface More {
  upload?: true
  /** Whether the body is a blob's, which may be large and is streamed to the store. */
  streams?: true
  /** See `Route.broken`; a thrown Refusal changes nothing. */
  broken?: (call: Call) => string | null
  /** Further scopes to name in the challenge; requests are served without them. */
  also?: (request: Request) => Grant[]
}

/** Makes a route under `/v2/<name>` for callers with that permission on the repository. */
export function repositoryRoute(
  setting: Setting,
  method: string,
  path: string,
  action: Action,
  handle: (call: Call) => Answer,
  more: More = {},
): Route {
  const { broken, also } = more
  const call = (request: Request, params: Record<string, string>): Call => {
    const { name = '' } = params
    if (!isName(name)) throw refusal(400, 'NAME_INVALID', 'invalid repository name', { name })
    const actions: Action[] = action === 'push' ? ['pull', 'push'] : ['pull']
    const caller = authorize(setting, request, { repository: name, actions }, also?.(request))
    return { ...setting, request, params, name, caller }
  }
  return {
    method,
    // The name takes as much as possible, since it may contain words like `manifests`.
    path: new RegExp(`^/v2/(?<name>.+)${path}$`),
    upload: more.upload,
    ...(more.streams && { drafts: setting.store.drafts }),
    handle: (request, params) => handle(call(request, params)),
    broken:
      broken &&
      ((request, params) => {
        try {
          return broken(call(request, params))
        } catch (error) {
          if (error instanceof Refusal) return null
          throw error
        }
      }),
  }
}
