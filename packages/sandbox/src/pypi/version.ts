/** Matches a version (PEP 440, appendix B). */
const VERSION =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$/

const PRE: Record<string, string> = { alpha: 'a', beta: 'b', c: 'rc', pre: 'rc', preview: 'rc' }

/**
 * Normalizes a version as `packaging` prints it (PEP 440, Normalization), keeping trailing zeros; null if it is
 * invalid.
 */
export function normalizedVersion(text: string): string | null {
  const match = VERSION.exec(text.trim().toLowerCase())
  if (!match) return null
  const [, epoch, release = '', pre, preNumber, implicitPost, post, postNumber, dev, devNumber, local] = match
  const whole = (digits: string | undefined) => String(BigInt(digits || '0'))
  return [
    epoch && Number(epoch) > 0 ? `${whole(epoch)}!` : '',
    release.split('.').map(whole).join('.'),
    pre ? `${PRE[pre] ?? pre}${whole(preNumber)}` : '',
    implicitPost || post ? `.post${whole(implicitPost ?? postNumber)}` : '',
    dev ? `.dev${whole(devNumber)}` : '',
    local ? local.replace(/[-_]/g, '.') : '',
  ].join('')
}

/**
 * Returns the key that equal versions share: normalized, without trailing zeros of the release (PEP 440); null if
 * invalid.
 */
export function versionKey(text: string): string | null {
  const match = /^((?:\d+!)?)([\d.]*\d)(.*)$/.exec(normalizedVersion(text) ?? '')
  return match && `${match[1]}${match[2]?.replace(/(\.0)+$/, '')}${match[3]}`
}

/** Returns a project's normalized name (PEP 503, Normalized Names). */
export function normalizedName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase()
}
