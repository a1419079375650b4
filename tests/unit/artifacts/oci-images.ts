import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { blobFile, type Descriptor, writeLayout } from '@slipway/artifacts/oci/layout'

/** Media types of the OCI image specification. */
export const TYPES = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
}

export function sha256(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

/** Writes a text, or an object as JSON, as a blob and returns its descriptor. */
export async function putBlob(folder: string, mediaType: string, content: object | string): Promise<Descriptor> {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  const digest = sha256(text)
  await mkdir(path.join(folder, 'blobs', 'sha256'), { recursive: true })
  await writeFile(blobFile(folder, digest), text)
  return { mediaType, digest, size: Buffer.byteLength(text) }
}

/** Writes the blobs of an image whose layers are these texts. Returns the descriptor of its manifest. */
export async function putImage(folder: string, layers: readonly string[], architecture = 'amd64'): Promise<Descriptor> {
  const config = await putBlob(folder, TYPES.config, {
    os: 'linux',
    architecture,
    config: { Labels: { of: layers.join('+') } },
    rootfs: { type: 'layers', diff_ids: layers.map(sha256) },
  })
  const named = []
  for (const each of layers) named.push(await putBlob(folder, TYPES.layer, each))
  const mediaType = TYPES.manifest
  return putBlob(folder, mediaType, { schemaVersion: 2, mediaType, config, layers: named })
}

/** Writes an index of manifests. */
export async function putIndex(folder: string, manifests: readonly Descriptor[]): Promise<Descriptor> {
  return putBlob(folder, TYPES.index, { schemaVersion: 2, mediaType: TYPES.index, manifests })
}

/** Writes a layout with one image for one platform. Returns its root. */
export async function plantLayout(folder: string, layers: readonly string[] = ['one', 'two']): Promise<Descriptor> {
  const root = await putImage(folder, layers)
  await writeLayout(folder, root)
  return root
}
