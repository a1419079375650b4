import type { Request } from '../service.ts'
import { hasPassword, type RegistryAuth } from './auth.ts'
import { refusal } from './refusal.ts'
import { type Action, type Grant, readToken } from './token.ts'

/** The caller of a route. */
export interface Caller {
  may(repository: string, action: Action): boolean
}

/**
 * Returns the caller if it may do what is needed (null: nothing in particular); the challenge also names the scopes in
 * `also`.
 * @throws Refusal 401 with a challenge that says where to get which token (CNCF Distribution, "Token Authentication
 * Specification"), or asks for a password
 */
export function authorize(
  auth: RegistryAuth,
  request: Request,
  needed: Grant | null,
  also: readonly Grant[] = [],
): Caller {
  if (auth.mode() === 'basic') {
    if (hasPassword(auth, request)) return { may: () => true }
    throw unauthorized(`Basic realm="${auth.name}"`)
  }
  const scopes = [...(needed ? [needed] : []), ...also].map(
    ({ repository, actions }) => `repository:${repository}:${actions.join(',')}`,
  )
  const scope = scopes.length > 0 ? `,scope="${scopes.join(' ')}"` : ''
  const challenge = `Bearer realm="${request.origin}/token",service="${auth.name}"${scope}`
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) throw unauthorized(challenge)
  const access = readToken(auth, token, Date.now())
  if (!access) throw unauthorized(`${challenge},error="invalid_token"`)
  const may = (repository: string, action: Action) =>
    access.some((each) => each.repository === repository && each.actions.includes(action))
  if (needed && !needed.actions.every((action) => may(needed.repository, action))) {
    const headers = { 'www-authenticate': `${challenge},error="insufficient_scope"` }
    throw refusal(401, 'DENIED', 'requested access to the resource is denied', scopes, headers)
  }
  return { may }
}

/** Returns a refusal of 401 with a challenge. */
function unauthorized(challenge: string) {
  return refusal(401, 'UNAUTHORIZED', 'authentication required', undefined, { 'www-authenticate': challenge })
}
