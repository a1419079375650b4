import { randomInt } from 'node:crypto'
import type { Request } from '../service.ts'
import { refusal } from './publish.ts'

const FORM_OF_TOKENS = `The given API token does not match the format used by crates.io. Tokens generated before \
2020-07-14 were generated with an insecure random number generator, and have been revoked.`

/**
 * Returns what the request logs in with: the header as a whole, or what follows `Bearer` (crates.io, src/auth.rs); null
 * when there is no header. Throws a Refusal of 401 for another scheme.
 */
export function credential(request: Request): string | null {
  const given = request.headers.authorization
  if (given === undefined) return null
  const [, scheme = '', token = ''] = /^(?:([^ ]*) )?(.*)$/s.exec(given) ?? []
  if (!/^(?:bearer)?$/i.test(scheme)) {
    throw refusal(401, `Invalid \`Authorization\` header: Found unexpected authentication scheme \`${scheme}\``)
  }
  return token.trim()
}

/** Demands the user's API token. Throws a Refusal of 403, or of 401 for what has not the form of crates.io's tokens. */
export function authorize(request: Request, token: string): void {
  const given = credential(request)
  if (!given) throw refusal(403, 'this action requires authentication')
  if (given === token) return
  if (!given.startsWith('cio')) throw refusal(401, FORM_OF_TOKENS)
  throw refusal(403, 'authentication failed')
}

/** What a temporary token of trusted publishing begins with. */
export const TEMPORARY = 'cio_tp_'

const LENGTH = 31
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Makes a temporary token: 31 random letters and digits, and one that checks them (crates_io_trustpub, access_token.rs). */
export function temporaryToken(): string {
  const random = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
  return `${TEMPORARY}${random}${check(random)}`
}

/** Demands that a text has the form of a temporary token, whether or not there is one. Throws a Refusal of 401. */
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
