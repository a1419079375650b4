import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { INDEX_TYPES, readDescriptor } from '@slipway/artifacts/oci/descriptor'
import { blobFile, type Descriptor, writeLayout } from '@slipway/artifacts/oci/layout'
import { RemoteError } from '@slipway/core/publisher'
import { jsonOf } from '../remote.ts'
import type { HeldManifest, OciClient } from './client.ts'

/**
 * Copies an image with all of its platforms into a layout.
 * @param folder of the layout, made here
 * @throws RemoteError; ProblemError `image-unreadable` when the registry holds no image under that digest
 */
export async function pullImage(client: OciClient, image: HeldManifest, folder: string): Promise<void> {
  await pullManifest(client, image, folder)
  const { digest, mediaType, content } = image
  await writeLayout(folder, { mediaType, digest, size: content.length })
}

async function pullManifest(client: OciClient, { digest, mediaType, content }: HeldManifest, folder: string) {
  const json = jsonOf<{ manifests?: unknown[]; config?: unknown; layers?: unknown[] }>({ body: content })
  const descriptors = (list: unknown[]): Descriptor[] => list.map((each) => readDescriptor(folder, each))
  if (INDEX_TYPES.includes(mediaType)) {
    for (const child of descriptors(json.manifests ?? [])) {
      const held = await client.manifest(child.digest)
      if (!held) throw new RemoteError('doubtful', `${child.digest} is missing`)
      await pullManifest(client, held, folder)
    }
  } else {
    for (const blob of descriptors([json.config, ...(json.layers ?? [])])) {
      await write(folder, blob.digest, await client.blob(blob.digest))
    }
  }
  await write(folder, digest, content)
}

async function write(folder: string, digest: string, content: Uint8Array): Promise<void> {
  const file = blobFile(folder, digest)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content)
}
