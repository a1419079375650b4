import { createHmac } from 'node:crypto'

/** Encodes one part of a JWT (RFC 7515, section 3.1). */
export function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

const HEADER = encoded({ alg: 'HS256', typ: 'JWT' })

/** Makes a JWT that only the holder of the secret can make. It needs no state, so it survives a restart. */
export function sealed(secret: string, claims: object): string {
  const text = `${HEADER}.${encoded(claims)}`
  return `${text}.${signature(secret, text)}`
}

/** Returns the claims of a JWT made with this secret, or null for any other text. */
export function opened(secret: string, token: string): Record<string, unknown> | null {
  const [header, claims = '', signed, ...rest] = token.split('.')
  if (header !== HEADER || rest.length > 0 || signed !== signature(secret, `${header}.${claims}`)) return null
  return JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as Record<string, unknown>
}

function signature(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url')
}

/** Returns the token of an `Authorization: Bearer` header, or null. */
export function bearer(header: string | undefined): string | null {
  return /^bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? null
}
