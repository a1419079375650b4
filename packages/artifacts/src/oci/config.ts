import { blobFile, readJson, readNamed } from './blob.ts'
import {
  CONFIG_TYPES,
  type Descriptor,
  isDigest,
  isObject,
  MANIFEST_TYPES,
  readDescriptor,
  textsOf,
  unreadableImage,
} from './descriptor.ts'
import type { ImageLayout } from './layout.ts'

/** How an image of one platform is run, as far as it matters here. */
export interface ImageConfig {
  os: string
  architecture: string
  labels: Record<string, string>
  /** Digests of the layers' tars before compression, lowest layer first. */
  diffIds: string[]
  /** The config's own. */
  descriptor: Descriptor
  /** Of the manifest that names it. */
  manifest: Descriptor
}

/** Whether a manifest is no image but tells something of one, as BuildKit's provenance does. */
function isAttestation({ platform, annotations }: Descriptor): boolean {
  return platform?.os === 'unknown' || annotations?.['vnd.docker.reference.type'] === 'attestation-manifest'
}

/**
 * The configs of a layout's images, one a platform, in the layout's order; manifests of other things are left out.
 * @throws ProblemError `image-unreadable`
 */
export async function imageConfigs({ folder, manifests }: ImageLayout): Promise<ImageConfig[]> {
  const configs: ImageConfig[] = []
  for (const manifest of manifests) {
    if (!MANIFEST_TYPES.includes(manifest.mediaType) || isAttestation(manifest)) continue
    const descriptor = readDescriptor(folder, (await readNamed(folder, manifest)).config)
    if (!CONFIG_TYPES.includes(descriptor.mediaType)) continue
    const { os, architecture, config, rootfs } = await readJson(
      folder,
      blobFile(folder, descriptor.digest),
      'its config',
    )
    const diffIds = isObject(rootfs) ? rootfs.diff_ids : undefined
    if (
      typeof os !== 'string' ||
      typeof architecture !== 'string' ||
      !Array.isArray(diffIds) ||
      !diffIds.every(isDigest)
    ) {
      throw unreadableImage(folder, `${descriptor.digest} does not say its platform and layers`)
    }
    const labels = textsOf(isObject(config) ? config.Labels : undefined)
    configs.push({ os, architecture, labels, diffIds, descriptor, manifest })
  }
  return configs
}
