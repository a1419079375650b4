import { openAsBlob } from 'node:fs'
import { readSdist } from '@slipway/artifacts/sdist'
import { readWheelMetadata } from '@slipway/artifacts/wheel'
import type { Artifact } from '@slipway/core/artifact'
import { MAX_DISTRIBUTION_BYTES } from '@slipway/core/limits'
import { normalizeName } from '@slipway/core/name'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem } from '@slipway/core/problem'
import { type LoginState, type Probe, type Publisher, RemoteError } from '@slipway/core/publisher'
import { differentFile } from '../different.ts'
import { tooLarge } from '../too-large.ts'
import { MintedToken } from '../trusted/minted.ts'
import { type IndexedFile, PyPIClient, type PyPIRemote } from './client.ts'
import { uploadForm } from './form.ts'
import { explainedRefusal } from './refusals.ts'
import { sizeBefore } from './size-before.ts'

/** Makes the publish attestations of files (PEP 740). */
export interface Attester {
  /** Returns the problems that would keep it from attesting, without signing anything. */
  check(): Promise<Problem[]>
  /** Returns the attestation of a file; null to upload it without one. @throws ProblemError */
  attest(artifact: Artifact): Promise<object | null>
}

/** The index that wheels and sdists are uploaded to. */
export interface PyPITarget extends PyPIRemote {
  /** Display name. */
  name: string
  /** Whether it is PyPI, Test PyPI or a stand-in: their size limits may not apply to other indexes. */
  isPyPI: boolean
  /** Base of the project pages, without trailing slash; null if it has none. */
  web: string | null
  /** Attests the files; without it, they have no attestations. */
  attester?: Attester | undefined
}

const LIMIT = {
  largest: MAX_DISTRIBUTION_BYTES,
  code: 'distribution-too-large',
  hint: 'Omit files that users do not need (debug symbols, test data), or ask for a higher limit before the release.',
}

/** Uploads wheels and sdists to a package index. */
export class PyPIPublisher implements Publisher {
  readonly name = 'pypi'
  readonly target: string
  /** The first upload creates a project and shows whether the login is accepted. */
  readonly pace = { firstAlone: true, atATime: 5 }
  readonly #client: PyPIClient
  readonly #to: PyPITarget
  /** Files missing in the index at the last query, and the attestations made so far. */
  readonly #absent = new Map<string, Artifact>()
  readonly #attestations = new Map<string, object | null>()

  constructor(ports: Pick<Ports, 'http' | 'clock'>, to: PyPITarget) {
    this.target = to.name
    this.#to = to
    this.#client = new PyPIClient(ports, to)
  }

  async verify(artifacts: readonly Artifact[]): Promise<Problem[]> {
    const problems = this.#to.isPyPI ? tooLarge(artifacts, { ...LIMIT, target: this.target }) : []
    if (artifacts.length === 0) return problems
    // Signing needs the identity that trusted publishing logs in with.
    if (this.#to.token instanceof MintedToken) return [...problems, ...((await this.#to.attester?.check()) ?? [])]
    if (this.#to.token) return problems
    return [
      ...problems,
      error(
        'token-missing',
        `No token for ${this.target}, so nothing can be uploaded there.`,
        'Set up trusted publishing (`id-token: write`), or pass an API token from a secret that may upload to this project.',
      ),
    ]
  }

  /** Requests no token for a new project: with a pending publisher, that would create the project before the upload. */
  async checkLogin(artifacts: readonly Artifact[]): Promise<LoginState> {
    if (this.#to.token instanceof MintedToken) {
      const known = await Promise.all(projectsOf(artifacts).map((each) => this.#client.exists(each)))
      if (known.includes(false)) return 'not verified'
    }
    return this.#client.checkLogin()
  }

  async probe(artifacts: readonly Artifact[]): Promise<Probe[]> {
    const lists = await Promise.all(
      projectsOf(artifacts).map(async (each) => [each, await this.#client.files(each)] as const),
    )
    const held = new Map(lists)
    return artifacts.map((each) => {
      const probe = this.#compare(each, held.get(normalizeName(each.project)) as IndexedFile[])
      if (probe.state === 'absent') this.#absent.set(each.filename, each)
      else this.#absent.delete(each.filename)
      return probe
    })
  }

  async publish(artifact: Artifact): Promise<undefined> {
    const content = await openAsBlob(artifact.path)
    const { metadata, filetype, pyversion } = await describe(artifact)
    const form = uploadForm(metadata, { filetype, pyversion, sha256: artifact.sha256 })
    // Signatures stay in a public log, so do not sign before PyPI accepts the login.
    if (this.#to.token instanceof MintedToken) await this.#to.token.value()
    const attestation = await this.#attested(artifact)
    if (attestation !== null) form.push(['attestations', JSON.stringify([attestation])])
    try {
      await this.#client.upload(form, artifact.filename, content)
    } catch (cause) {
      if (!(cause instanceof RemoteError)) throw cause
      throw explainedRefusal(cause, { index: this.target, project: artifact.project, token: this.#to.token })
    }
  }

  /**
   * Returns the attestation of a file. Attests all missing files before the first upload, so that a signing service
   * that is down does not leave half a release behind.
   */
  async #attested(artifact: Artifact): Promise<object | null> {
    const { attester } = this.#to
    if (!attester) return null
    for (const each of [artifact, ...this.#absent.values()]) {
      if (!this.#attestations.has(each.filename)) this.#attestations.set(each.filename, await attester.attest(each))
    }
    return this.#attestations.get(artifact.filename) ?? null
  }

  #compare(artifact: Artifact, files: readonly IndexedFile[]): Probe {
    const { filename, project, version, sha256 } = artifact
    const before = sizeBefore(artifact, files)
    const found = files.find((each) => each.filename === filename)
    if (!found) return { state: 'absent', ...(before && { before }) }
    const { web } = this.#to
    const url = web === null ? found.url : `${web}/${normalizeName(project)}/${version}/`
    if (found.sha256 === null) return { state: 'unknown', url, detail: 'the index reports no sha256' }
    const there = { url, digest: `sha256:${found.sha256}` }
    return found.sha256 === sha256 ? { state: 'same', ...there } : differentFile(there, found.sha256, sha256)
  }
}

/** Returns the normalized names of the artifacts' projects. */
function projectsOf(artifacts: readonly Artifact[]): string[] {
  return [...new Set(artifacts.map((each) => normalizeName(each.project)))]
}

async function describe(artifact: Artifact) {
  if (artifact.kind === 'wheel') {
    const wheel = await readWheelMetadata(artifact.path)
    return { metadata: wheel.metadata, filetype: 'bdist_wheel', pyversion: wheel.filename.pythonTags.join('.') }
  }
  return { metadata: (await readSdist(artifact.path)).metadata, filetype: 'sdist', pyversion: 'source' }
}
