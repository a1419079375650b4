import { type Answer, Refusal, type Request, type Route } from '../service.ts'
import type { Store } from '../store.ts'
import { authorize, type Caller } from './access.ts'
import type { Keeper } from './account.ts'
import { refusal } from './refusal.ts'
import { isName, look, type Repository, type State } from './state.ts'
import type { Action, Grant } from './token.ts'

/**
 * How a registry writes addresses in `Location` headers; the specification has both. `distribution`: as the server of
 * that name does, in full, and a session's with a query that must come back. `plain`: paths alone.
 */
export type LocationStyle = 'distribution' | 'plain'

/** What the routes of a registry work with. */
export interface Setting extends Keeper {
  store: Store<State>
  locations: LocationStyle
}

/** A request to a route of a repository. */
export interface Call extends Setting {
  request: Request
  params: Record<string, string>
  /** Name of the repository: of the right form, but maybe of none that is there. */
  name: string
  caller: Caller
}

/** The repository of a call. Throws a Refusal of 404. */
export function known(call: Call): Repository {
  const found = look(call.store.state, call.name)
  if (!found) throw refusal(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name: call.name })
  return found
}

/** An address below the repository of a call, for a `Location` header. */
export function locationOf(call: Call, path: string): string {
  return `${call.locations === 'distribution' ? call.request.origin : ''}/v2/${call.name}${path}`
}

/** What a route of a repository may have besides its handler. */
export interface More {
  upload?: true
  /** See `Route.broken`; a Refusal thrown in it changes nothing. */
  broken?: (call: Call) => string | null
  /** What the caller is told to ask for in addition; it is served without. */
  also?: (request: Request) => Grant[]
}

/** Makes a route under `/v2/<name>` for those who may do that with the repository. */
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
    // As much as can be is the name's, which may itself contain words like `manifests`.
    path: new RegExp(`^/v2/(?<name>.+)${path}$`),
    upload: more.upload,
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
