import type { SandboxDescription } from '@slipway/core/sandbox'

/** What a rehearsed workflow finds in `secrets` and `vars`. */
export interface Given {
  secrets: Record<string, string>
  variables: Record<string, string>
  /** Names of secrets that no part of the sandbox has a login for; they have a made-up value. */
  madeUp: string[]
}

const MADE_UP = 'slipway-rehearsal'

/** The sandbox's part of a login, by what its name or the input that takes it is called; null where that tells nothing. */
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

/** The names that texts take from a context, and the keys that they are given to. */
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

/** What a workflow's secrets and variables are in a rehearsal: logins of the sandbox, never the user's. */
export function givenTo(texts: readonly string[], sandbox: SandboxDescription): Given {
  const given: Given = { secrets: { GITHUB_TOKEN: sandbox.github.token }, variables: {}, madeUp: [] }
  const value = (name: string, keys: Set<string>) =>
    [name, ...keys].map((each) => loginFor(each, sandbox)).find((each) => each !== null) ?? null
  for (const [name, keys] of named(texts, 'secrets')) {
    const login = value(name, keys)
    if (login === null) given.madeUp.push(name)
    given.secrets[name] = login ?? MADE_UP
  }
  for (const [name, keys] of named(texts, 'vars')) {
    const login = value(name, keys)
    // A variable is no secret: only names of users are known.
    if (login !== null && [name, ...keys].some((each) => /user|login|account/i.test(each)))
      given.variables[name] = login
  }
  return given
}
