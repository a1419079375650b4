import { createHash } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { INDEX_TYPES } from '@slipway/artifacts/oci/descriptor'
import { REVISION_LABEL, VERSION_LABEL } from '@slipway/artifacts/oci/labels'
import { blobFile, type Descriptor, readLayout } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import { type ImageName, imageName } from '@slipway/core/image'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { type LoginState, type Pointer, type Probe, type Publisher, RemoteError } from '@slipway/core/publisher'
import { OciClient, type OciRemote, type RemoteManifest } from './client.ts'
import { remoteLabels } from './pull.ts'
import { tagTaken } from './tag-taken.ts'
import { type ImageTag, versionTag } from './tags.ts'

/** The repository that an image is pushed to. */
export interface OciTarget extends OciRemote {
  /** Its public name. */
  name: ImageName
  /** Its web page, or null. */
  web: string | null
  /** Number of concurrent uploads. */
  parallel: number
}

/** Pushes images to one repository by their digest; tags, which make them visible, are pointers. */
export class OciPublisher implements Publisher {
  readonly name = 'oci'
  readonly target: string
  readonly #client: OciClient
  readonly #to: OciTarget

  constructor(ports: Pick<Ports, 'http' | 'clock'>, to: OciTarget) {
    this.target = imageName(to.name)
    this.#to = to
    this.#client = new OciClient(ports, to)
  }

  async verify(): Promise<Problem[]> {
    if (this.#to.credentials) return []
    return [
      error(
        'registry-login-missing',
        `No login for ${this.#to.name.registry}, so nothing can be pushed to ${this.target}.`,
        `Pass a user name and a token, or run \`docker login ${this.#to.name.registry}\` before this step.`,
      ),
    ]
  }

  checkLogin(): Promise<LoginState> {
    return this.#client.checkLogin()
  }

  /** Compares by digest: an image differs if the version's tag, which never moves, names another one. */
  async probe(artifacts: readonly Artifact[]): Promise<Probe[]> {
    return Promise.all(artifacts.map((each) => this.#compare(each)))
  }

  async publish(artifact: Artifact): Promise<undefined> {
    const { folder, blobs, manifests } = await readLayout(artifact.path)
    await this.#inParallel(blobs, async ({ digest }) => {
      if (await this.#client.hasBlob(digest)) return
      await this.#client.uploadBlob(digest, await openAsBlob(blobFile(folder, digest)))
    })
    const send = async ({ digest, mediaType }: Descriptor) => {
      const isRoot = digest === digestOf(artifact)
      if (!isRoot && (await this.#client.digestOf(digest)) !== null) return
      await this.#client.putManifest(digest, { mediaType, content: await readFile(blobFile(folder, digest)) })
    }
    // Children first: a registry refuses a manifest with missing parts.
    const isIndex = ({ mediaType }: Descriptor) => INDEX_TYPES.includes(mediaType)
    await this.#inParallel(
      manifests.filter((each) => !isIndex(each)),
      send,
    )
    for (const index of manifests.filter(isIndex)) await send(index)
  }

  /** Returns the pointer that tags an image, once the repository has it. */
  pointer(artifact: Artifact, tag: ImageTag): Pointer {
    const digest = digestOf(artifact)
    let named: string | null = null
    return {
      name: `${artifact.project}:${tag.name}`,
      publisher: this.name,
      target: this.target,
      read: async () => {
        named = await this.#client.digestOf(tag.name)
        return { there: named === digest, ...(named !== null && this.#at(named)) }
      },
      mayMove: () =>
        tag.mayMove(named, {
          tags: () => this.#client.tags(),
          versionOf: async (other) => (await this.#labelsOf(other))[VERSION_LABEL] ?? null,
        }),
      move: async () => {
        const held = (await localManifest(artifact)) ?? (await this.#client.manifest(digest))
        if (!held) throw new RemoteError('doubtful', `the repository does not have ${digest} yet`)
        await this.#client.putManifest(tag.name, held)
      },
    }
  }

  /**
   * Returns the version's tag as the pointer to an image that is not built yet: an image from the commit is the right
   * one, and no other may be there. It cannot be moved.
   */
  unbuilt(project: string, version: string, commit: string | null): Pointer {
    const tag = versionTag(version)
    let found: { revision: string | undefined } | null = null
    return {
      name: `${project}:${tag}`,
      publisher: this.name,
      target: this.target,
      read: async () => {
        const digest = await this.#client.digestOf(tag)
        if (digest === null) return { there: false }
        found = { revision: (await this.#labelsOf(digest))[REVISION_LABEL] }
        return { there: commit !== null && found.revision === commit, ...this.#at(digest) }
      },
      mayMove: async () => found && tagTaken(this.#to.name, tag, found.revision, commit),
      move: () => Promise.reject(new Error(`${this.target}:${tag} is moved only once its image is built`)),
    }
  }

  async #compare(artifact: Artifact): Promise<Probe> {
    const digest = digestOf(artifact)
    const tag = versionTag(artifact.version)
    const [tagged, held] = await Promise.all([this.#client.digestOf(tag), this.#client.digestOf(digest)])
    if (tagged !== null && tagged !== digest) {
      const detail = `${tag} is ${tagged.slice(0, 19)} there, ${digest.slice(0, 19)} here`
      return { state: 'different', ...this.#at(tagged), detail }
    }
    return tagged !== null || held !== null ? { state: 'same', ...this.#at(digest) } : { state: 'absent' }
  }

  /** Returns the labels of an image; none if the digest names no image. */
  async #labelsOf(digest: string): Promise<Record<string, string>> {
    const manifest = await this.#client.manifest(digest)
    if (manifest === null) return {}
    return remoteLabels(this.#client, manifest).catch((cause: unknown) => {
      if (cause instanceof ProblemError) return {}
      throw cause
    })
  }

  #at(digest: string) {
    return { digest, ...(this.#to.web !== null && { url: this.#to.web }) }
  }

  /** Processes all items, some at a time. A transient failure does not stop the others. */
  async #inParallel(items: readonly Descriptor[], act: (item: Descriptor) => Promise<void>): Promise<void> {
    const queue = [...items]
    const failures: unknown[] = []
    const isFinal = (each: unknown) => !(each instanceof RemoteError) || each.failure !== 'doubtful'
    const work = async () => {
      for (let item = queue.shift(); item && !failures.some(isFinal); item = queue.shift()) {
        await act(item).catch((cause) => failures.push(cause))
      }
    }
    await Promise.all(Array.from({ length: this.#to.parallel }, work))
    // Of the transient failures, throw the one that asks for the longest pause.
    const pause = (each: unknown) => (each instanceof RemoteError ? (each.retryAfter ?? 0) : 0)
    failures.sort((a, b) => Number(isFinal(b)) - Number(isFinal(a)) || pause(b) - pause(a))
    if (failures.length > 0) throw failures[0]
  }
}

/** Returns an image's manifest or index from its layout; null if the image was not fetched, or was changed since. */
async function localManifest(artifact: Artifact): Promise<Omit<RemoteManifest, 'digest'> | null> {
  const content = await readFile(blobFile(artifact.path, digestOf(artifact))).catch(() => null)
  if (content === null || createHash('sha256').update(content).digest('hex') !== artifact.sha256) return null
  const { root } = await readLayout(artifact.path)
  return { mediaType: root.mediaType, content }
}

function digestOf({ sha256 }: Artifact): string {
  return `sha256:${sha256}`
}
