import { createHash } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Descriptor, isDigest, isObject, type Json, unreadableImage } from './descriptor.ts'

/** Registries take no larger manifest (OCI distribution specification 1.1, "Pushing Manifests": at least 4 MiB). */
const LARGEST_MANIFEST = 4 * 2 ** 20

/**
 * Where a layout keeps a blob.
 * @throws Error for what is no sha256 digest, of which no path is made
 */
export function blobFile(folder: string, digest: string): string {
  if (!isDigest(digest)) throw new Error(`${JSON.stringify(digest)} is no sha256 digest`)
  return join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length))
}

/**
 * Reads a JSON object of the layout.
 * @param name what it is called in messages
 * @throws ProblemError `image-unreadable`
 */
export async function readJson(folder: string, file: string, name: string): Promise<Json> {
  let json: unknown
  try {
    const { size } = await stat(file)
    if (size > LARGEST_MANIFEST) throw new Error(`it has ${size} bytes`)
    json = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw unreadableImage(folder, `${name} is missing or no JSON`, cause)
  }
  if (!isObject(json)) throw unreadableImage(folder, `${name} is no JSON object`)
  return json
}

/**
 * The manifest or index that a descriptor names.
 * @throws ProblemError `image-unreadable`, also when it says that it is of another type
 */
export async function readNamed(folder: string, { digest, mediaType }: Descriptor): Promise<Json> {
  const json = await readJson(folder, blobFile(folder, digest), digest)
  // Two readers must not see two images in one document (OCI image specification 1.1, "mediaType" of manifests).
  if (json.mediaType !== undefined && json.mediaType !== mediaType) {
    throw unreadableImage(folder, `${digest} is named as ${mediaType} and says of itself that it is another type`)
  }
  return json
}

/** Puts a manifest, index or config into a layout, whose folder for blobs is there; gives its descriptor. */
export async function addBytes(out: string, mediaType: string, bytes: Buffer): Promise<Descriptor> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  await writeFile(blobFile(out, digest), bytes)
  return { mediaType, digest, size: bytes.length }
}
