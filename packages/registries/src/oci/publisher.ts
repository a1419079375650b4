import { createHash } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { INDEX_TYPES } from '@slipway/artifacts/oci/descriptor'
import { VERSION_LABEL } from '@slipway/artifacts/oci/labels'
import { blobFile, type Descriptor, readLayout } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import { type ImageName, imageName } from '@slipway/core/image'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { type LoginState, type Pointer, type Probe, type Publisher, RemoteError } from '@slipway/core/publisher'
import { OciClient, type OciRemote, type RemoteManifest } from './client.ts'
import { remoteLabels } from './pull.ts'
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
        tag.mayMove(named, { tags: () => this.#client.tags(), versionOf: (other) => this.#versionOf(other) }),
      move: async () => {
        const held = (await localManifest(artifact)) ?? (await this.#client.manifest(digest))
        if (!held) throw new RemoteError('doubtful', `the repository does not have ${digest} yet`)
        await this.#client.putManifest(tag.name, held)
      },
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

  /** Returns the version label of an image; null for none, and for what is no image. */
  async #versionOf(digest: string): Promise<string | null> {
    const manifest = await this.#client.manifest(digest)
    if (manifest === null) return null
    const labels = await remoteLabels(this.#client, manifest).catch((cause: unknown): Record<string, string> => {
      if (cause instanceof ProblemError) return {}
      throw cause
    })
    return labels[VERSION_LABEL] ?? null
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
