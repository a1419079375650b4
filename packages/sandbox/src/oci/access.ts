import type { Request } from '../service.ts'
import { hasPassword, type Keeper } from './account.ts'
import { refusal } from './refusal.ts'
import { type Action, type Grant, readToken } from './token.ts'

/** Who calls, as far as a route cares. */
export interface Caller {
  may(repository: string, action: Action): boolean
}

/**
 * Who calls, when that may be done (null: when anybody at all is let in); `also` is what to name besides in the
 * challenge. Throws a Refusal of 401 with a challenge that says where to ask for which token (CNCF Distribution, "Token
 * Authentication Specification"), or for a password.
 */
export function authorize(keeper: Keeper, request: Request, needed: Grant | null, also: readonly Grant[] = []): Caller {
  if (keeper.mode() === 'basic') {
    if (hasPassword(keeper, request)) return { may: () => true }
    throw unauthorized(`Basic realm="${keeper.name}"`)
  }
  const scopes = [...(needed ? [needed] : []), ...also].map(
    ({ repository, actions }) => `repository:${repository}:${actions.join(',')}`,
  )
  const scope = scopes.length > 0 ? `,scope="${scopes.join(' ')}"` : ''
  const challenge = `Bearer realm="${request.origin}/token",service="${keeper.name}"${scope}`
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (given === undefined) throw unauthorized(challenge)
  const access = readToken(keeper, given, Date.now())
  if (!access) throw unauthorized(`${challenge},error="invalid_token"`)
  const may = (repository: string, action: Action) =>
    access.some((each) => each.repository === repository && each.actions.includes(action))
  if (needed && !needed.actions.every((action) => may(needed.repository, action))) {
    const headers = { 'www-authenticate': `${challenge},error="insufficient_scope"` }
    throw refusal(401, 'DENIED', 'requested access to the resource is denied', scopes, headers)
  }
  return { may }
}

/** 401, with how to do better. */
function unauthorized(challenge: string) {
  return refusal(401, 'UNAUTHORIZED', 'authentication required', undefined, { 'www-authenticate': challenge })
}
