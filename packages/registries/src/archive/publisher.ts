import { readFile } from 'node:fs/promises'
import type { Artifact } from '@slipway/core/artifact'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem } from '@slipway/core/problem'
import type { LoginState, Probe, Publisher } from '@slipway/core/publisher'
import { jsonOf, messageAt, type Send, sender } from '../remote.ts'

/** Keeps the files of a release in an archive of plain files: `PUT /files/{name}` once, `GET` tells its sha256. */
export class ArchivePublisher implements Publisher {
  readonly name = 'archive'
  readonly target = 'the archive'
  readonly #send: Send
  readonly #url: string
  readonly #token: string | null

  constructor(ports: Pick<Ports, 'http' | 'clock'>, to: { url: string; token: string | null }) {
    this.#send = sender(ports, { messageOf: (response) => messageAt(response, 'message') })
    this.#url = to.url
    this.#token = to.token
  }

  async verify(): Promise<Problem[]> {
    if (this.#token) return []
    return [error('token-missing', 'There is no token for the archive.', 'Set ARCHIVE_TOKEN from a secret.')]
  }

  async checkLogin(): Promise<LoginState> {
    const response = await this.#send(
      { method: 'GET', url: `${this.#url}/login`, headers: { authorization: `Bearer ${this.#token}` } },
      [204, 401],
    )
    return response.status === 204 ? 'accepted' : 'refused'
  }

  async probe(artifacts: readonly Artifact[]): Promise<Probe[]> {
    return Promise.all(
      artifacts.map(async ({ filename, sha256 }): Promise<Probe> => {
        const url = `${this.#url}/files/${encodeURIComponent(filename)}`
        const response = await this.#send({ method: 'GET', url, headers: {} }, [200, 404])
        if (response.status === 404) return { state: 'absent' }
        const held = jsonOf<{ sha256: string }>(response).sha256
        return { state: held === sha256 ? 'same' : 'different', url, digest: `sha256:${held}` }
      }),
    )
  }

  async publish({ filename, path }: Artifact): Promise<void> {
    const headers = { authorization: `Bearer ${this.#token}` }
    const url = `${this.#url}/files/${encodeURIComponent(filename)}`
    await this.#send({ method: 'PUT', url, headers, body: await readFile(path) }, [201])
  }
}
