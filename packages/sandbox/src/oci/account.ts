import type { Request } from '../service.ts'

/** How a registry knows who calls: by tokens of its own, and everybody may pull; or by password, and nobody else is let in. */
export type AuthMode = 'token' | 'basic'

/**
 * What its tokens are: Docker Hub's are JWTs whose claim `access` tells what they open (CNCF Distribution, "Token
 * Authentication Implementation"); GHCR's tell nobody else anything.
 */
export type TokenForm = 'jwt' | 'opaque'

/** Who guards a registry: its name, its one account, and how that is asked for. */
export interface Keeper {
  name: string
  username: string
  password: string
  tokens: TokenForm
  /** Whether the account may push to a repository. */
  mayPush(repository: string): boolean
  /** As it is now. */
  mode(): AuthMode
}

/** Whether a request comes with the account's name and password: false for others, null for none (RFC 7617). */
export function hasPassword({ username, password }: Keeper, request: Request): boolean | null {
  const given = /^Basic +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  return given === undefined ? null : Buffer.from(given, 'base64').toString('utf8') === `${username}:${password}`
}
