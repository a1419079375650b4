import type { Tested } from './harness.ts'

/** Requests an ID token of a job with these claims. */
export async function idToken(sandbox: Tested, audience: string, claims: Record<string, string> = {}): Promise<string> {
  const request = await sandbox.steer.idRequestToken(claims)
  const response = await fetch(`${sandbox.oidc.request}&audience=${audience}`, {
    headers: { authorization: `Bearer ${request}` },
  })
  return ((await response.json()) as { value: string }).value
}

/** What a registry answers to an exchange. */
export interface Exchanged {
  status: number
  token: string
  /** The words of the refusal: crates.io's, or PyPI's after their code. */
  words: string
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
  return { status: response.status, token: answer.token ?? '', words, expires: answer.expires }
}
