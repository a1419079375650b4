import { readFile } from 'node:fs/promises'
import { readCrate, sameCrateContent } from '@slipway/artifacts/crate'
import type { Artifact } from '@slipway/core/artifact'
import { MAX_CRATE_BYTES } from '@slipway/core/limits'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem } from '@slipway/core/problem'
import { type LoginState, type Probe, type Publisher, RemoteError } from '@slipway/core/publisher'
import { differentFile } from '../different.ts'
import { tooLarge } from '../too-large.ts'
import { MintedToken } from '../trusted/minted.ts'
import { CratesClient, type CratesRemote } from './client.ts'
import { publishedMetadata } from './metadata.ts'
import { explainedRefusal, newCrates, onlyTrusted } from './refusals.ts'

/** The registry that crates are published to. */
export interface CratesTarget extends CratesRemote {
  /** Display name. */
  name: string
  /** Whether it is crates.io or a stand-in for it: the source of dependencies that name no registry. */
  isCratesIo: boolean
  /** Base of the crates' web pages, without trailing slash; null if it has none. */
  web: string | null
}

const LIMIT = {
  largest: MAX_CRATE_BYTES,
  code: 'crate-too-large',
  hint: 'Use `exclude` in its Cargo.toml to omit files that a build does not need, or ask crates.io for a higher limit.',
}

/** Publishes `.crate` files to a cargo registry. */
export class CratesPublisher implements Publisher {
  readonly name = 'crates'
  readonly target: string
  readonly #client: CratesClient
  readonly #to: CratesTarget

  constructor(ports: Pick<Ports, 'http' | 'clock'>, to: CratesTarget) {
    this.target = to.name
    this.#to = to
    this.#client = new CratesClient(ports, to)
  }

  async verify(artifacts: readonly Artifact[]): Promise<Problem[]> {
    const problems = this.#to.isCratesIo ? tooLarge(artifacts, { ...LIMIT, target: this.target }) : []
    if (artifacts.length === 0 || this.#to.token) return problems
    return [
      ...problems,
      error(
        'token-missing',
        `No token for ${this.target}, so nothing can be published there.`,
        `${this.#to.isCratesIo ? 'Set up trusted publishing (`id-token: write`), or pass' : 'Pass'} a token from a secret that may publish these crates (on crates.io: scopes publish-new and publish-update).`,
      ),
    ]
  }

  async checkLogin(artifacts: readonly Artifact[]): Promise<LoginState> {
    const { token, isCratesIo } = this.#to
    const names = isCratesIo ? [...new Set((await this.#toSend(artifacts)).map((each) => each.project))] : []
    const isTrusted = token instanceof MintedToken
    const refused = isTrusted ? await this.#missing(names) : await this.#trustedOnly(names)
    if (refused.length > 0) throw isTrusted ? newCrates(refused) : onlyTrusted(refused)
    return this.#client.checkLogin()
  }

  /** Returns the crates that have no version in the index. */
  async #missing(names: readonly string[]): Promise<string[]> {
    const exist = await Promise.all(names.map((each) => this.#client.exists(each)))
    return names.filter((_, index) => !exist[index])
  }

  /** Returns the crates that accept new versions by trusted publishing only. */
  async #trustedOnly(names: readonly string[]): Promise<string[]> {
    const settings = await this.#client.settings(names)
    return names.filter((each) => settings.get(each)?.trustpubOnly)
  }

  /** Returns the crates whose version is not in the index yet. */
  async #toSend(artifacts: readonly Artifact[]): Promise<Artifact[]> {
    const there = await Promise.all(artifacts.map((each) => this.#client.indexed(each.project, each.version)))
    return artifacts.filter((_, index) => there[index] === null)
  }

  probe(artifacts: readonly Artifact[]): Promise<Probe[]> {
    return Promise.all(artifacts.map((each) => this.#probe(each)))
  }

  async publish(artifact: Artifact): Promise<undefined> {
    const bytes = await readFile(artifact.path)
    const crate = await readCrate(bytes)
    const metadata = publishedMetadata(crate.cargoToml, crate.text, this.#to.isCratesIo ? null : this.#to.index)
    try {
      await this.#client.publish(metadata, bytes)
    } catch (cause) {
      if (!(cause instanceof RemoteError)) throw cause
      throw explainedRefusal(cause, artifact.project, this.#to.token)
    }
  }

  async logOut(): Promise<void> {
    if (this.#to.token instanceof MintedToken) await this.#to.token.revoke()
  }

  async #probe({ project, version, sha256, path }: Artifact): Promise<Probe> {
    const found = await this.#client.indexed(project, version)
    const url = this.#to.web === null ? {} : { url: `${this.#to.web}/${project}/${version}` }
    if (found === null) {
      const accepted = await this.#client.accepted(project, version)
      return accepted ? { state: 'pending', ...url } : { state: 'absent' }
    }
    const there = { ...url, digest: `sha256:${found.cksum}` }
    if (found.cksum === sha256) return { state: 'same', ...there }
    const published = await this.#client.download(project, version, found.cksum)
    // Another commit with the same content, or another cargo's compression, changes the bytes of the same crate.
    return (await sameCrateContent(published, await readFile(path)))
      ? { state: 'equivalent', ...there }
      : differentFile(there, found.cksum, sha256)
  }
}
