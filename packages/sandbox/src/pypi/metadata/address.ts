/** Domains that are special or look like an encoded name (the library email-validator). */
const SPECIAL = /(?:^|\.)(?:arpa|invalid|local|localhost|onion|test)$|(?:^|\.)(?!xn--)[^.]{2}--/i

/** Returns the address that warehouse validates in a field: the only one, without its name (`email.utils.parseaddr`). */
export function addressIn(text: string): string | null {
  const bare = text
    .replace(/"(?:\\.|[^"\\])*"|\([^()]*\)/g, '')
    .trim()
    .replace(/,$/, '')
  if (/[,:;[\]]/.test(bare)) return null
  const [, inner] = /<([^<>]*)>?$/.exec(bare) ?? []
  const address = (inner ?? bare).trim()
  if (address === '' || address.split('@').length > 2) return null
  return address.includes('@') ? address : (address.split(/\s/, 1)[0] ?? null)
}

/** Returns why an address is invalid, or null. */
export function addressFault(address: string): string | null {
  const [local = '', domain] = address.split('@')
  if (domain === undefined) return 'An email address must have an @-sign.'
  if (!/^[^\s"(),:;<>@[\\\].]+(?:\.[^\s"(),:;<>@[\\\].]+)*$/.test(local))
    return 'The email address contains invalid characters before the @-sign.'
  if (!domain.includes('.')) return 'The part after the @-sign is not valid. It should have a period.'
  if (
    !/^(?:[a-z0-9\u0080-\uffff](?:[a-z0-9\u0080-\uffff-]{0,61}[a-z0-9\u0080-\uffff])?\.)+[a-z0-9\u0080-\uffff-]*[a-z\u0080-\uffff]$/i.test(
      domain,
    )
  )
    return 'The part after the @-sign contains invalid characters.'
  if (SPECIAL.test(domain))
    return 'The part after the @-sign is a special-use or reserved name that cannot be used with email.'
  return Buffer.byteLength(address) > 254 ? 'The email address is too long.' : null
}
