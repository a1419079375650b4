import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { addBytes, blobFile } from './blob.ts'
import { type Descriptor, INDEX_TYPES } from './descriptor.ts'
import { readLayout, writeLayout } from './layout.ts'

/**
 * Joins images for one platform each into one image for all of them. Their layouts are moved, not copied.
 * @param images layouts on the file system of `out`; platforms such as `linux/arm/v7`
 * @param out the layout's folder, created here
 * @throws ProblemError `image-unreadable`
 */
export async function joinPlatforms(
  images: readonly { platform: string; folder: string }[],
  out: string,
): Promise<void> {
  await mkdir(join(out, 'blobs', 'sha256'), { recursive: true })
  const manifests: Descriptor[] = []
  for (const { platform, folder } of images) {
    const layout = await readLayout(folder)
    for (const { digest } of [...layout.blobs, ...layout.manifests]) {
      await rename(blobFile(folder, digest), blobFile(out, digest))
    }
    const { mediaType, digest, size } = layout.root
    const [os = '', architecture = '', variant] = platform.split('/')
    manifests.push({ mediaType, digest, size, platform: { os, architecture, ...(variant && { variant }) } })
  }
  const mediaType = INDEX_TYPES[0] as string
  const index = JSON.stringify({ schemaVersion: 2, mediaType, manifests })
  await writeLayout(out, await addBytes(out, mediaType, Buffer.from(index)))
}
