import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { INDEX_TYPES, readDescriptor } from '@slipway/artifacts/oci/descriptor'
import { blobFile, type Descriptor, writeLayout } from '@slipway/artifacts/oci/layout'
import { RemoteError } from '@slipway/core/publisher'
import { jsonOf } from '../remote.ts'
import type { OciClient, RemoteManifest } from './client.ts'

/**
 * Copies an image with all of its platforms into a layout.
 * @param folder of the layout; created if missing
 * @throws RemoteError; ProblemError `image-unreadable` when the digest names no image
 */
export async function pullImage(client: OciClient, image: RemoteManifest, folder: string): Promise<void> {
  await pullManifest(client, image, folder)
  const { digest, mediaType, content } = image
  await writeLayout(folder, { mediaType, digest, size: content.length })
}

/**
 * Returns the labels of an image in a registry; for several platforms, those of the first.
 * @throws RemoteError; ProblemError `image-unreadable`
 */
export async function remoteLabels(client: OciClient, image: RemoteManifest): Promise<Record<string, string>> {
  const { manifests, config } = manifestOf(image)
  const [first] = manifests
  if (first) {
    const held = await client.manifest(first.digest)
    return held ? remoteLabels(client, held) : {}
  }
  if (!config) return {}
  const json = jsonOf<{ config?: { Labels?: Record<string, string> | null } }>({
    body: await client.blob(config.digest),
  })
  return json.config?.Labels ?? {}
}

/** Returns the descriptors in a manifest or index. */
function manifestOf({ digest, mediaType, content }: RemoteManifest) {
  const json = jsonOf<{ manifests?: unknown[]; config?: unknown; layers?: unknown[] }>({ body: content })
  const descriptors = (list: unknown[] = []): Descriptor[] => list.map((each) => readDescriptor(digest, each))
  if (INDEX_TYPES.includes(mediaType)) return { manifests: descriptors(json.manifests), layers: [] }
  return { manifests: [], config: readDescriptor(digest, json.config), layers: descriptors(json.layers) }
}

async function pullManifest(client: OciClient, image: RemoteManifest, folder: string): Promise<void> {
  const { manifests, config, layers } = manifestOf(image)
  for (const { digest } of manifests) {
    const held = await client.manifest(digest)
    if (!held) throw new RemoteError('doubtful', `${digest} is missing`)
    await pullManifest(client, held, folder)
  }
  const file = blobFile(folder, image.digest)
  await mkdir(dirname(file), { recursive: true })
  for (const { digest } of config ? [config, ...layers] : []) await client.download(digest, blobFile(folder, digest))
  await writeFile(file, image.content)
}
