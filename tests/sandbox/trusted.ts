import { randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tested } from './harness.ts'

/** The publishing workflow of these tests. Made-up claims belong to its jobs. */
export const workflow = { repository: 'someone/project', workflow: 'release.yml' }

/** Requests an ID token of a job with these claims. */
export async function idToken(sandbox: Tested, audience: string, claims: Record<string, string> = {}): Promise<string> {
  const request = await sandbox.steer.idRequestToken(claims)
  const response = await fetch(`${sandbox.oidc.request}&audience=${audience}`, {
    headers: { authorization: `Bearer ${request}` },
  })
  return ((await response.json()) as { value: string }).value
}

type Part = Record<string, unknown>

/**
 * Makes the issuer sign an ID token that it would never issue: with another header, or other claims (`undefined`
 * removes one). Its `jti` is new.
 */
export async function forged(sandbox: Tested, audience: string, claims: Part, header: Part = {}): Promise<string> {
  const real = (await idToken(sandbox, audience)).split('.').slice(0, 2)
  const read = (index: number) => JSON.parse(Buffer.from(real[index] ?? '', 'base64url').toString('utf8')) as Part
  const encoded = (part: Part) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const text = `${encoded({ ...read(0), ...header })}.${encoded({ ...read(1), jti: randomUUID(), ...claims })}`
  const key = readFileSync(join(sandbox.dir, 'oidc/key.pem'), 'utf8')
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`
}

/** Returns a time in seconds since the epoch, relative to now. */
export const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

/** A registry's answer to an exchange. */
export interface Exchanged {
  status: number
  token: string
  /** The message of the refusal: crates.io's, or PyPI's after its code. */
  words: string
  /** Expiry of the token as PyPI reports it, in seconds since the epoch. */
  expires?: number
}

/** Exchanges an ID token at crates.io for a temporary token. */
export async function exchange(sandbox: Tested, jwt: string): Promise<Exchanged> {
  const url = `${sandbox.cargo.api}/api/v1/trusted_publishing/tokens`
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ jwt }) })
  const { token = '', errors } = (await response.json()) as { token?: string; errors?: { detail: string }[] }
  return { status: response.status, token, words: errors?.[0]?.detail ?? '' }
}

/** Exchanges an ID token at PyPI or Test PyPI for an upload token. */
export async function mint(sandbox: Tested, jwt: string, service: 'pypi' | 'testpypi' = 'pypi'): Promise<Exchanged> {
  const url = new URL('/_/oidc/mint-token', sandbox[service].upload)
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ token: jwt }) })
  const answer = (await response.json()) as {
    token?: string
    expires?: number
    errors?: { code: string; description: string }[]
  }
  const [error] = answer.errors ?? []
  const words = error ? `${error.code}: ${error.description}` : ''
  const { token = '', expires } = answer
  return { status: response.status, token, words, ...(expires !== undefined && { expires }) }
}
