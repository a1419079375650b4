import { createHash } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MAX_MANIFEST_BYTES } from '../limits.ts'
import { type Descriptor, isDigest, isObject, type Json, unreadableImage } from './descriptor.ts'

/**
 * Returns the path of a blob in a layout.
 * @throws Error when `digest` is not a sha256 digest, so that it cannot become a path outside the layout
 */
export function blobFile(folder: string, digest: string): string {
  if (!isDigest(digest)) throw new Error(`${JSON.stringify(digest)} is not a sha256 digest`)
  return join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length))
}

/**
 * Reads a JSON object of a layout.
 * @param name the object's name in messages
 * @throws ProblemError `image-unreadable`
 */
export async function readJson(folder: string, file: string, name: string): Promise<Json> {
  let json: unknown
  try {
    const { size } = await stat(file)
    if (size > MAX_MANIFEST_BYTES) throw new Error(`it has ${size} bytes`)
    json = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw unreadableImage(folder, `${name} is missing or not JSON`, cause)
  }
  if (!isObject(json)) throw unreadableImage(folder, `${name} is not a JSON object`)
  return json
}

/**
 * Reads the manifest or index of a descriptor.
 * @throws ProblemError `image-unreadable`, also when its media type differs from the descriptor's
 */
export async function readNamed(folder: string, { digest, mediaType }: Descriptor): Promise<Json> {
  const json = await readJson(folder, blobFile(folder, digest), digest)
  // Two readers must not see two images in one document (OCI image specification 1.1, "mediaType" of manifests).
  if (json.mediaType !== undefined && json.mediaType !== mediaType) {
    throw unreadableImage(folder, `the descriptor of ${digest} says ${mediaType}, but its own mediaType differs`)
  }
  return json
}

/** Writes a manifest, index or config into a layout's existing blob folder and returns its descriptor. */
export async function addBytes(out: string, mediaType: string, bytes: Buffer): Promise<Descriptor> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  await writeFile(blobFile(out, digest), bytes)
  return { mediaType, digest, size: bytes.length }
}
