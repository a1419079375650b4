import type { Ports } from '@slipway/core/ports'

/** What a job has to authenticate with; names only, but for the token that questions to GitHub are asked with. */
export interface Credentials {
  /** How crates.io will be told who publishes; null when there is nothing. */
  crates: string | null
  pypi: string | null
  testpypi: string | null
  /** For questions; null to ask as nobody. */
  githubToken: string | null
  /** Whether the job may ask GitHub for identity tokens (`id-token: write`). */
  hasIdentity: boolean
}

/** Variables in which tools look for a token of an index, and workflows keep it. */
const PYPI = ['PYPI_TOKEN', 'PYPI_API_TOKEN', 'MATURIN_PYPI_TOKEN', 'UV_PUBLISH_TOKEN', 'TWINE_PASSWORD']
const TEST_PYPI = ['TEST_PYPI_TOKEN', 'TEST_PYPI_API_TOKEN', 'TESTPYPI_TOKEN']

const TRUSTED = 'trusted publishing'

/**
 * What is there by the names of variables.
 * @param githubToken in place of that of the environment
 */
export function credentialsOf(env: Ports['env'], githubToken?: string): Credentials {
  const hasIdentity = Boolean(env.ACTIONS_ID_TOKEN_REQUEST_URL && env.ACTIONS_ID_TOKEN_REQUEST_TOKEN)
  const found = (names: readonly string[]) => {
    const name = names.find((each) => env[each])
    return name === undefined ? (hasIdentity ? TRUSTED : null) : `token of ${name}`
  }
  return {
    crates: found(['CARGO_REGISTRY_TOKEN']),
    pypi: found(PYPI),
    testpypi: found(TEST_PYPI),
    githubToken: githubToken || env.GITHUB_TOKEN || env.GH_TOKEN || null,
    hasIdentity,
  }
}

/** Whether a destination knows who publishes by the job's identity alone. */
export function isTrusted(login: string | null): boolean {
  return login === TRUSTED
}
