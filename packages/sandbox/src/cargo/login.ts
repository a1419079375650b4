import { randomInt } from 'node:crypto'
import type { Request } from '../service.ts'
import { refusal } from './publish.ts'

const FORM_OF_TOKENS = `The given API token does not match the format used by crates.io. Tokens generated before \
2020-07-14 were generated with an insecure random number generator, and have been revoked.`

/**
 * Returns the token of a request: the whole header, or what follows `Bearer` (crates.io, src/auth.rs); null without a
 * header.
 * @throws Refusal 401 for another scheme
 */
export function credential(request: Request): string | null {
  const header = request.headers.authorization
  if (header === undefined) return null
  const [, scheme = '', token = ''] = /^(?:([^ ]*) )?(.*)$/s.exec(header) ?? []
  if (!/^(?:bearer)?$/i.test(scheme)) {
    throw refusal(401, `Invalid \`Authorization\` header: Found unexpected authentication scheme \`${scheme}\``)
  }
  return token.trim()
}

/**
 * Demands the user's API token.
 * @throws Refusal 403, or 401 if the token does not have the form of crates.io's tokens
 */
export function authorize(request: Request, token: string): void {
  const sent = credential(request)
  if (!sent) throw refusal(403, 'this action requires authentication')
  if (sent === token) return
  if (!sent.startsWith('cio')) throw refusal(401, FORM_OF_TOKENS)
  throw refusal(403, 'authentication failed')
}

/** Prefix of temporary tokens of trusted publishing. */
export const TEMPORARY = 'cio_tp_'

const LENGTH = 31
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * Makes a temporary token: 31 random letters and digits, and a check character (crates_io_trustpub, access_token.rs).
 */
export function temporaryToken(): string {
  const random = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
  return `${TEMPORARY}${random}${check(random)}`
}

/**
 * Demands that a text has the form of a temporary token, existing or not.
 * @throws Refusal 401
 */
export function demandTemporary(token: string): void {
  const random = token.slice(TEMPORARY.length, -1)
  const isOne = token.startsWith(TEMPORARY) && random.length === LENGTH && /^[A-Za-z0-9]+$/.test(random)
  if (!isOne || token.at(-1) !== check(random)) {
    throw refusal(401, 'Invalid `Authorization` header: Failed to parse token')
  }
}

function check(random: string): string {
  const sum = Buffer.from(random).reduce((all, each) => all ^ each, 0)
  return LETTERS[sum % LETTERS.length] as string
}
