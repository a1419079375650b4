import { type Answer, json, Refusal, type Request, type Route } from '../service.ts'
import type { Store } from '../store.ts'
import type { Release, Repository, State } from './state.ts'

/** Context of the GitHub routes. */
export interface Setting {
  store: Store<State>
  token: string
  /** Returns the address of the API, or of the uploads, as clients see it. */
  origin(service: string): string
}

/** A request to a route of a repository. */
export interface Call {
  request: Request
  params: Record<string, string>
  owner: string
  name: string
  store: Store<State>
  /** Whether the request has the token. */
  signedIn: boolean
  /** Base addresses of URLs in answers. The web pages share the API's address. */
  api: string
  uploads: string
}

/** Documentation address in error answers. */
const DOCUMENTATION = 'https://docs.example.invalid/rest'

/** Returns a refusal in GitHub's form (REST API: "Troubleshooting the REST API"). */
export function refusal(status: number, message: string, errors?: Record<string, string>[]): Refusal {
  return new Refusal(
    json(status, { message, ...(errors && { errors }), documentation_url: DOCUMENTATION, status: String(status) }),
  )
}

/** Returns a refusal of 422 with one error: the resource, its field and the fault. */
export function invalid(resource: string, code: string, field: string, message?: string): Refusal {
  return refusal(422, 'Validation Failed', [{ resource, code, field, ...(message && { message }) }])
}

/** Returns a refusal of 404. */
export const notFound = () => refusal(404, 'Not Found')

/**
 * Makes a route under `/repos/{owner}/{repo}`. `write` needs the token; reading does not, since repositories are
 * public. Both refuse a wrong token.
 */
export function repositoryRoute(
  setting: Setting,
  method: string,
  path: string,
  access: 'read' | 'write',
  handle: (call: Call) => Answer,
  more: Pick<Route, 'upload'> & { broken?: (call: Call) => string | null } = {},
): Route {
  const call = (request: Request, params: Record<string, string>, uploads: boolean): Call => ({
    request,
    params,
    owner: params.owner ?? '',
    name: params.repo ?? '',
    store: setting.store,
    signedIn: signedIn(request, setting.token),
    api: uploads ? setting.origin('github') : request.origin,
    uploads: setting.origin('uploads'),
  })
  const toUploads = more.upload ?? false
  return {
    method,
    path: new RegExp(`^/repos/(?<owner>[^/]+)/(?<repo>[^/]+)${path}$`),
    upload: more.upload,
    handle: (request, params) => {
      const made = call(request, params, toUploads)
      if (access === 'write' && !made.signedIn) throw refusal(401, 'Requires authentication')
      return handle(made)
    },
    broken:
      more.broken &&
      ((request, params) => {
        try {
          const made = call(request, params, toUploads)
          return made.signedIn ? (more.broken?.(made) ?? null) : null
        } catch (error) {
          if (error instanceof Refusal) return null
          throw error
        }
      }),
  }
}

/**
 * Whether a request has the token.
 * @throws Refusal 401 if it has another
 */
function signedIn(request: Request, token: string): boolean {
  const header = request.headers.authorization
  if (header === undefined) return false
  if (/^(?:bearer|token) +(\S+)$/i.exec(header)?.[1] !== token) throw refusal(401, 'Bad credentials')
  return true
}

/**
 * Returns a release visible to the caller; drafts need the token.
 * @throws Refusal 404
 */
export function visible(call: Call, repo: Repository, id: number): Release {
  const release = repo.releases.find((each) => each.id === id)
  if (!release || (release.draft && !call.signedIn)) throw notFound()
  return release
}

/**
 * Returns the body as a JSON object.
 * @throws Refusal 400
 */
export function jsonBody(request: Request): Record<string, unknown> {
  try {
    const value = JSON.parse(request.body.toString('utf8') || '{}') as unknown
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Handled below like any body that is not an object.
  }
  throw refusal(400, 'Problems parsing JSON')
}

/** Returns a page of a list, with the Link header to the others (REST API: "Using pagination in the REST API"). */
export function page(call: Call, all: unknown[]): Answer {
  const number = (name: string, fallback: number) => Math.max(1, Number(call.request.query.get(name)) || fallback)
  const size = Math.min(100, number('per_page', 30))
  const current = number('page', 1)
  const last = Math.max(1, Math.ceil(all.length / size))
  const link = (to: number, rel: string) => {
    const query = new URLSearchParams(call.request.query)
    query.set('page', String(to))
    return `<${call.api}${call.request.path}?${query}>; rel="${rel}"`
  }
  const links = [
    ...(current > 1 ? [link(current - 1, 'prev')] : []),
    ...(current < last ? [link(current + 1, 'next'), link(last, 'last')] : []),
    ...(current > 1 ? [link(1, 'first')] : []),
  ]
  return json(200, all.slice((current - 1) * size, current * size), links.length > 0 ? { link: links.join(', ') } : {})
}
