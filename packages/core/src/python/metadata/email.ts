import { domainToASCII } from 'node:url'

/** Removes quoted names and comments, which may contain any character (RFC 5322, sections 3.2.2 and 3.2.4). */
function withoutNames(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\([^()]*\)/g, '')
}

/**
 * Returns the address that PyPI checks in an Author-Email or Maintainer-Email: `ann@example.org` of `Ann
 * <ann@example.org>`. Null for several addresses, which PyPI accepts unread (Python, `email.utils.parseaddr`).
 */
export function soleAddress(list: string): string | null {
  const text = withoutNames(list).trim().replace(/,$/, '')
  if (text === '' || /[,;:[\]]/.test(text)) return null
  const [, within] = /^[^<>@]*<([^<>]*)>?$/.exec(text) ?? []
  if (within === undefined && /[<>]/.test(text)) return null
  const address = (within ?? text).trim()
  if (address === '' || address.split('@').length > 2) return null
  // Without `@`, the parser takes the first word for an address.
  return address.includes('@') ? address : (address.split(/\s/)[0] ?? address)
}

/** RFC 5322, `dot-atom-text`, with the characters of RFC 6531 beyond ASCII. */
const LOCAL = /^[\w!#$%&'*+\-/=?^`{|}~\u0080-\u{10ffff}]+(?:\.[\w!#$%&'*+\-/=?^`{|}~\u0080-\u{10ffff}]+)*$/u
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z]$/i
/**
 * Domains that no mail reaches (IANA, "Special-Use Domain Names"), without the `example` domains of documentation;
 * and labels that look encoded but are not (RFC 5891, section 4.2.3.1).
 */
const SPECIAL = /(?:^|\.)(?:arpa|invalid|local|localhost|onion|test)$|(?:^|\.)(?!xn)..--/i
/** RFC 5321, section 4.5.3.1.3. */
const MAX_ADDRESS_BYTES = 254

/** Whether PyPI accepts an e-mail address: its syntax, without a query (the library email-validator, which warehouse uses). */
export function isEmailAddress(address: string): boolean {
  const [local = '', domain = '', ...more] = address.split('@')
  const ascii = domainToASCII(domain)
  const isDomain = !/[^a-z0-9.\-\u0080-\u{10ffff}]/iu.test(domain) && DOMAIN.test(ascii) && !SPECIAL.test(ascii)
  const isPlain = !/[\p{C}\p{Z}]/u.test(address)
  return (
    more.length === 0 && LOCAL.test(local) && isDomain && isPlain && Buffer.byteLength(address) <= MAX_ADDRESS_BYTES
  )
}
