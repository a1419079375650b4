/** One thing that a token gives leave to (CNCF Distribution, "Token Authentication Implementation", claim `access`). */
interface Access {
  type?: unknown
  name?: unknown
  actions?: unknown
}

/**
 * Whether a registry's token lets its holder push to a repository; null when it does not tell: what a token says is the
 * registry's own affair, and many say nothing to others. One that is a JWT with a claim `access` says what was granted
 * of what was asked for, and an empty claim that nothing was.
 */
export function mayPush(token: string, repository: string): boolean | null {
  const granted = accessIn(token)
  if (granted === null) return null
  const own = granted.filter(({ type, name }) => type === 'repository' && name === repository)
  if (own.length === 0 && granted.length > 0) return null
  return own.some(({ actions }) => Array.isArray(actions) && (actions.includes('push') || actions.includes('*')))
}

/** The claim `access` of a JWT (RFC 7519, section 7.2); its signature is for the registry to check. */
function accessIn(token: string): Access[] | null {
  const [, payload = '', signature] = token.split('.')
  if (signature === undefined) return null
  try {
    const { access } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { access?: unknown }
    return Array.isArray(access) && access.every((each) => typeof each === 'object' && each !== null) ? access : null
  } catch {
    // No JWT, or none that tells.
    return null
  }
}
