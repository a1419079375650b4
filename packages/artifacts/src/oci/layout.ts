import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Artifact } from '@slipway/core/artifact'
import { error, type Problem } from '@slipway/core/problem'
import { measureFile } from '../artifact.ts'
import { MAX_INDEX_DEPTH } from '../limits.ts'
import { blobFile, readJson, readNamed } from './blob.ts'
import { type Descriptor, INDEX_TYPES, MANIFEST_TYPES, readDescriptor, unreadableImage } from './descriptor.ts'
import type { ImageLayout } from './image-layout.ts'

export { blobFile } from './blob.ts'
export { type ImageConfig, imageConfigs } from './config.ts'
export type { Descriptor } from './descriptor.ts'

const LAYOUT_VERSION = '1.0.0'

/** Reads a list of descriptors. @throws ProblemError `image-unreadable` */
function descriptorsIn(folder: string, list: unknown, name: string): Descriptor[] {
  if (!Array.isArray(list)) throw unreadableImage(folder, `${name} is missing`)
  return list.map((each) => readDescriptor(folder, each))
}

/**
 * Reads a layout (OCI image specification 1.1, "Image Layout") without hashing its blobs.
 * @throws ProblemError `image-unreadable` when it is not a layout, has several images, or a blob is missing
 */
export async function readLayout(folder: string): Promise<ImageLayout> {
  const { imageLayoutVersion } = await readJson(folder, join(folder, 'oci-layout'), 'oci-layout')
  if (imageLayoutVersion !== LAYOUT_VERSION) throw unreadableImage(folder, 'its oci-layout has an unknown version')
  const index = await readJson(folder, join(folder, 'index.json'), 'index.json')
  const named = descriptorsIn(folder, index.manifests, 'the list of manifests in index.json')
  const root = named[0]
  // index.json names an image with two tags twice.
  if (!root || named.some((each) => each.digest !== root.digest)) {
    throw unreadableImage(folder, `its index.json names ${root ? 'several images' : 'no image'}, not one`)
  }
  const manifests = new Map<string, Descriptor>()
  const blobs = new Map<string, Descriptor>()
  const visit = async (descriptor: Descriptor, depth: number): Promise<void> => {
    const { digest, mediaType } = descriptor
    if (depth > MAX_INDEX_DEPTH)
      throw unreadableImage(folder, `its indexes are nested more than ${MAX_INDEX_DEPTH} deep`)
    if (manifests.has(digest)) return
    if (INDEX_TYPES.includes(mediaType)) {
      const children = descriptorsIn(folder, (await readNamed(folder, descriptor)).manifests, `the list in ${digest}`)
      for (const child of children) await visit(child, depth + 1)
    } else if (MANIFEST_TYPES.includes(mediaType)) {
      const { config, layers } = await readNamed(folder, descriptor)
      const all = [readDescriptor(folder, config), ...descriptorsIn(folder, layers, `the list of layers in ${digest}`)]
      for (const blob of all) if (!blobs.has(blob.digest)) blobs.set(blob.digest, blob)
    } else {
      throw unreadableImage(folder, `${digest} is a ${mediaType}, which is neither a manifest nor an index`)
    }
    manifests.set(digest, descriptor)
  }
  await visit(root, 0)
  for (const { digest } of blobs.values()) {
    const found = await stat(blobFile(folder, digest)).catch(() => null)
    if (!found?.isFile()) throw unreadableImage(folder, `its blob ${digest} is missing`)
  }
  return { folder, root, manifests: [...manifests.values()], blobs: [...blobs.values()] }
}

/** Returns the file name of an image among artifacts: `<project>-<version>.oci`, without unsafe characters. */
export function imageFilename(project: string, version: string): string {
  return `${project}-${version}.oci`.replace(/[^A-Za-z0-9._+-]+/g, '-').replace(/^[.-]+/, '')
}

/**
 * Describes a layout as an artifact: its size is the sum of all blobs and manifests, its sha256 the image's digest.
 * @throws ProblemError `image-unreadable`
 */
export async function describeImage(project: string, version: string, folder: string): Promise<Artifact> {
  const path = resolve(folder)
  const { root, manifests, blobs } = await readLayout(path)
  return {
    kind: 'image',
    project,
    version,
    filename: imageFilename(project, version),
    path,
    size: [...manifests, ...blobs].reduce((sum, each) => sum + each.size, 0),
    sha256: root.digest.slice('sha256:'.length),
  }
}

/**
 * Hashes every blob and manifest of a layout.
 * @returns an `image-differs` for each that differs from its digest or size
 * @throws ProblemError `image-unreadable`
 */
export async function verifyLayout(folder: string): Promise<Problem[]> {
  const { manifests, blobs } = await readLayout(folder)
  const problems: Problem[] = []
  for (const { digest, size } of [...manifests, ...blobs]) {
    const found = await measureFile(blobFile(folder, digest))
    if (found.size === size && `sha256:${found.sha256}` === digest) continue
    const message = `${digest} in ${folder} differs from its digest or size, so registries refuse the image.`
    problems.push(error('image-differs', message, 'Build the image again, or copy its folder again.'))
  }
  return problems
}

/**
 * Turns a folder that has an image's blobs into a layout: writes `oci-layout`, then `index.json`.
 * @param root the image's manifest, or index
 */
export async function writeLayout(folder: string, root: Descriptor): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: LAYOUT_VERSION }))
  const index = { schemaVersion: 2, mediaType: INDEX_TYPES[0], manifests: [root] }
  await writeFile(join(folder, 'index.json'), JSON.stringify(index))
}
