import type { SandboxDescription } from '@slipway/core/sandbox'

/** The `secrets` and `vars` of a rehearsed workflow. */
export interface Credentials {
  secrets: Record<string, string>
  variables: Record<string, string>
  /** Names of secrets that match no login of the sandbox; they get a made-up value. */
  madeUp: string[]
}

const MADE_UP = 'slipway-rehearsal'

/**
 * Returns the sandbox's user name or token for a secret, judged by its name or the input that takes it; null if the
 * name matches no login.
 */
function loginFor(name: string, sandbox: SandboxDescription): string | null {
  const { cargo, pypi, testpypi, github, dockerhub, ghcr } = sandbox
  const isUser = /user|login|account/i.test(name)
  if (/test[-_]?pypi|pypi[-_]?test/i.test(name)) return isUser ? '__token__' : testpypi.token
  if (/pypi|twine/i.test(name)) return isUser ? '__token__' : pypi.token
  if (/docker|^dh_/i.test(name)) return isUser ? dockerhub.username : dockerhub.password
  if (/ghcr/i.test(name)) return isUser ? ghcr.username : ghcr.password
  if (/cargo|crates?/i.test(name)) return cargo.token
  return /github|^gh[-_]|[-_]pat$/i.test(name) ? github.token : null
}

/** Returns the names that texts read from a context, each with the keys that receive its value. */
function named(texts: readonly string[], context: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const keyed = new RegExp(`(?:([\\w-]+):[^\\n:]*)?\\b${context}\\.([A-Za-z_]\\w*)`, 'g')
  for (const text of texts) {
    for (const [, key, name = ''] of text.matchAll(keyed)) {
      const keys = found.get(name) ?? new Set<string>()
      if (key !== undefined) keys.add(key)
      found.set(name, keys)
    }
  }
  return found
}

/** Returns the secrets and variables of a rehearsed workflow: logins of the sandbox, never the user's. */
export function credentialsFor(texts: readonly string[], sandbox: SandboxDescription): Credentials {
  const credentials: Credentials = { secrets: { GITHUB_TOKEN: sandbox.github.token }, variables: {}, madeUp: [] }
  const value = (name: string, keys: Set<string>) =>
    [name, ...keys].map((each) => loginFor(each, sandbox)).find((each) => each !== null) ?? null
  for (const [name, keys] of named(texts, 'secrets')) {
    const login = value(name, keys)
    if (login === null) credentials.madeUp.push(name)
    credentials.secrets[name] = login ?? MADE_UP
  }
  for (const [name, keys] of named(texts, 'vars')) {
    const login = value(name, keys)
    // Variables hold no secrets, so only user names get a value.
    if (login !== null && [name, ...keys].some((each) => /user|login|account/i.test(each)))
      credentials.variables[name] = login
  }
  return credentials
}
