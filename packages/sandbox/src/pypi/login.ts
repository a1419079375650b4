import type { Request } from '../service.ts'
import { type Store, sha256 } from '../store.ts'
import { refusal } from './form.ts'
import type { State, TrustedLogin } from './state.ts'

/**
 * Returns the uploader: a user (null), or a workflow by trusted publishing. Tokens come as Basic password with a fixed
 * user name, or as Bearer token (warehouse, macaroons/security_policy.py).
 * @throws Refusal 403, also without a token
 */
export function loginOf(request: Request, token: string, store: Store<State>): TrustedLogin | null {
  const sent = tokenIn(request.headers.authorization ?? '')
  if (sent === token) return null
  const trusted = sent === null ? undefined : store.state.tokens[sha256(sent)]
  // Authentication precedes the form (warehouse, forklift/decorators.py).
  if (!trusted) throw refusal(request, 403, 'Invalid or non-existent authentication information.')
  return trusted
}

function tokenIn(header: string): string | null {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(header) ?? []
  if (/^(?:token|bearer)$/i.test(scheme)) return value
  const login = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8') : ''
  return login.startsWith('__token__:') ? login.slice('__token__:'.length).trim() : null
}

/**
 * Demands permission to upload to a project, by its normalized name. `name` is the project's name, or null if it does
 * not exist.
 * @throws Refusal 400 or 403
 */
export function demandProject(request: Request, login: TrustedLogin | null, normal: string, name: string | null): void {
  if (login === null) return
  if (name === null) {
    throw refusal(
      request,
      400,
      "Non-user identities cannot create new projects. This was probably caused by successfully using a pending publisher but specifying the project name incorrectly (either in the publisher or in your project's metadata). Please ensure that both match.",
    )
  }
  const faults: string[] = []
  if (!login.projects.includes(normal)) {
    faults.push(`OIDC scoped token is not valid for project '${name}'`)
    faults.push(`project-scoped token is not valid for project: '${name}'`)
  }
  if (login.expiresAt <= Date.now()) faults.push('token is expired')
  if (faults.length === 0) return
  // The caveats in the token are checked, and again as they are stored (warehouse, macaroons/services.py).
  throw refusal(request, 403, `Invalid API Token: ${[...faults, ...faults].join(', ')}`)
}
