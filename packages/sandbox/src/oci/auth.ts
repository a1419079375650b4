import type { Request } from '../service.ts'

/**
 * How a registry authenticates callers: by its tokens, with pulls open to everybody, or by password for every request.
 */
export type AuthMode = 'token' | 'basic'

/**
 * The form of a registry's tokens: Docker Hub's are JWTs with their scopes in the claim `access` (CNCF Distribution,
 * "Token Authentication Implementation"); GHCR's are opaque.
 */
export type TokenForm = 'jwt' | 'opaque'

/** A registry's name, its only account, and how it authenticates. */
export interface RegistryAuth {
  name: string
  username: string
  password: string
  tokens: TokenForm
  /** Whether the account may push to a repository. */
  mayPush(repository: string): boolean
  /** Returns the current mode. */
  mode(): AuthMode
}

/** Whether a request has the account's name and password: false for others, null for none (RFC 7617). */
export function hasPassword({ username, password }: RegistryAuth, request: Request): boolean | null {
  const credentials = /^Basic +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  return credentials === undefined
    ? null
    : Buffer.from(credentials, 'base64').toString('utf8') === `${username}:${password}`
}
