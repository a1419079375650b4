import type { Ports } from '@slipway/core/ports'
import { RemoteError } from '@slipway/core/publisher'
import { jsonOf, type Send } from '../remote.ts'
import type { Bundle } from '../signing/sign.ts'
import { type GitHubRemote, repositoryAddress, sendAs } from './send.ts'

/**
 * GitHub's message for a private repository whose owner's plan has no attestations (actions/attest-build-provenance,
 * issues).
 */
const UNAVAILABLE = /feature not available/i

/** Client of a repository's attestations on GitHub. Methods throw RemoteError. */
export class AttestationClient {
  readonly #send: Send
  readonly #base: string

  constructor(ports: Pick<Ports, 'http' | 'clock'>, remote: GitHubRemote) {
    this.#send = sendAs(ports, remote)
    this.#base = `${repositoryAddress(remote)}/attestations`
  }

  /**
   * Returns the bundles about a digest (hex), newest first (GitHub REST API, "List attestations"). Omits bundles that
   * the response only links to, since they cannot be compared.
   */
  async list(sha256: string): Promise<Bundle[]> {
    const response = await this.#send({ method: 'GET', url: `${this.#base}/sha256:${sha256}?per_page=100` }, [200, 404])
    if (response.status === 404) return []
    const { attestations = [] } = jsonOf<{ attestations?: { bundle?: Bundle | null }[] }>(response)
    return attestations.flatMap(({ bundle }) => bundle ?? [])
  }

  /**
   * Stores a bundle; returns the attestation's id, or null if GitHub returns none (GitHub REST API, "Create an
   * attestation").
   */
  async add(bundle: Bundle): Promise<number | null> {
    const body = new TextEncoder().encode(JSON.stringify({ bundle }))
    const headers = { 'content-type': 'application/json' }
    const response = await this.#send({ method: 'POST', url: this.#base, headers, body }, [201])
    return jsonOf<{ id?: number | string }>(response).id === undefined
      ? null
      : Number(jsonOf<{ id: number }>(response).id)
  }
}

/**
 * Returns whether a failure means that the repository cannot have attestations at all: its owner's plan has none, or
 * this GitHub server has no such route.
 */
export function isUnavailable(failure: unknown): failure is RemoteError {
  if (!(failure instanceof RemoteError)) return false
  return UNAVAILABLE.test(failure.message) || (failure.status === 404 && failure.failure === 'refused')
}
