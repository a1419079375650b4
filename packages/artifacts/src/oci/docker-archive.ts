import { mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { addBytes, blobFile, readNamed } from './blob.ts'
import {
  CONFIG_TYPES,
  type Descriptor,
  isObject,
  MANIFEST_TYPES,
  readDescriptor,
  unreadableImage,
} from './descriptor.ts'
import type { ImageLayout } from './image-layout.ts'
import { addLayer } from './layer.ts'
import { type ImageConfig, writeLayout } from './layout.ts'

/** Name of the archive's list of images (moby, image/tarexport: the format of `docker save` since 1.10). */
const LIST = 'manifest.json'

/** Returns the real path of a file in the archive; Docker before 25 writes a repeated layer as a link. */
async function inside(folder: string, name: unknown): Promise<string> {
  const top = await realpath(folder)
  const file = typeof name === 'string' ? await realpath(join(top, name)).catch(() => null) : null
  if (!file?.startsWith(top + sep)) throw unreadableImage(folder, `it has no ${JSON.stringify(name)}`)
  return file
}

/** Parses JSON of an archive. @throws ProblemError `image-unreadable` */
function parse(folder: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw unreadableImage(folder, 'its JSON cannot be read', cause)
  }
}

/**
 * Makes a layout of an archive that `docker save` wrote for one image, in the format of Docker before 25 or of a later
 * one. The config stays unchanged, which keeps the image's id; each layer is compared with it.
 * @param folder the unpacked archive
 * @param out the layout's folder, created here
 * @param annotations of the manifest
 * @throws ProblemError `image-unreadable` when it is not such an archive, or has several images
 */
export async function fromDockerArchive(
  folder: string,
  out: string,
  annotations: Record<string, string> = {},
): Promise<void> {
  const list = parse(folder, await readFile(await inside(folder, LIST)))
  const image: unknown = Array.isArray(list) && list.length === 1 ? list[0] : null
  if (!isObject(image) || !Array.isArray(image.Layers))
    throw unreadableImage(folder, `its ${LIST} does not name exactly one image`)
  await mkdir(join(out, 'blobs', 'sha256'), { recursive: true })
  const bytes = await readFile(await inside(folder, image.Config))
  const read = parse(folder, bytes)
  const rootfs = isObject(read) && isObject(read.rootfs) ? read.rootfs : {}
  const diffIds: unknown[] = Array.isArray(rootfs.diff_ids) ? rootfs.diff_ids : []
  if (diffIds.length !== image.Layers.length)
    throw unreadableImage(folder, 'its config has a different number of layers')
  const added = new Map<string, Awaited<ReturnType<typeof addLayer>>>()
  const layers: Descriptor[] = []
  for (const [index, name] of image.Layers.entries()) {
    const file = await inside(folder, name)
    const layer = added.get(file) ?? (await addLayer(file, out))
    added.set(file, layer)
    if (layer.diffId !== diffIds[index])
      throw unreadableImage(folder, `layer ${name} differs from its digest in the config`)
    layers.push(layer.descriptor)
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPES[0],
    config: await addBytes(out, CONFIG_TYPES[0] as string, bytes),
    layers,
    ...(Object.keys(annotations).length > 0 && { annotations }),
  }
  await writeLayout(out, await addBytes(out, manifest.mediaType as string, Buffer.from(JSON.stringify(manifest))))
}

/**
 * Writes the files of an archive for `docker load` with one of a layout's images, its layers still compressed. The caller
 * packs them and must follow links.
 * @param tag name of the loaded image, `name:tag`
 * @param folder for the archive's files, created here; blobs are links into the layout
 */
export async function toDockerArchive(
  layout: ImageLayout,
  { descriptor, manifest }: ImageConfig,
  tag: string,
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const { layers } = await readNamed(layout.folder, manifest)
  const digests = (layers as unknown[]).map((each) => readDescriptor(layout.folder, each).digest)
  const nameOf = (digest: string) => basename(blobFile(layout.folder, digest))
  for (const digest of new Set([descriptor.digest, ...digests])) {
    await symlink(resolve(blobFile(layout.folder, digest)), join(folder, nameOf(digest)))
  }
  const list = [{ Config: nameOf(descriptor.digest), RepoTags: [tag], Layers: digests.map(nameOf) }]
  await writeFile(join(folder, LIST), JSON.stringify(list))
}
