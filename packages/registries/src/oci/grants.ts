/** One grant of a token (CNCF Distribution, "Token Authentication Implementation", claim `access`). */
interface Access {
  type?: unknown
  name?: unknown
  actions?: unknown
}

/**
 * Returns whether a registry's token may push to a repository; null if it does not say, since tokens may be opaque. A
 * JWT with a claim `access` lists the granted part of the request; an empty list means that nothing was granted.
 */
export function mayPush(token: string, repository: string): boolean | null {
  const granted = accessIn(token)
  if (granted === null) return null
  const own = granted.filter(({ type, name }) => type === 'repository' && name === repository)
  if (own.length === 0 && granted.length > 0) return null
  return own.some(({ actions }) => Array.isArray(actions) && (actions.includes('push') || actions.includes('*')))
}

/** Reads the claim `access` of a JWT (RFC 7519, section 7.2); the registry checks its signature. */
function accessIn(token: string): Access[] | null {
  const [, payload = '', signature] = token.split('.')
  if (signature === undefined) return null
  try {
    const { access } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { access?: unknown }
    return Array.isArray(access) && access.every((each) => typeof each === 'object' && each !== null) ? access : null
  } catch {
    // An opaque token.
    return null
  }
}
