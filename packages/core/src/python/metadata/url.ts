/** The scheme, the authority, and a path and query without brackets (RFC 3986, appendix A). */
const WEB_ADDRESS = /^https?:(?:\/\/(?<authority>[^\\/?#]*))?[^[\]#]*(?:#|$)/i
const MAX_PORT = 65_535

/**
 * Whether PyPI accepts a URL: one with the scheme http or https. Its check of the rest finds little, since its parser first
 * escapes or drops what is invalid (warehouse, `is_valid_uri`; the library rfc3986).
 */
export function isWebAddress(url: string): boolean {
  const found = WEB_ADDRESS.exec(url)
  return found !== null && Number(/:(\d{5})$/.exec(found.groups?.authority ?? '')?.[1] ?? 0) <= MAX_PORT
}
