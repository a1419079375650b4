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
import type { ImageLayout } from './image-layout.ts'

/** The fields of an image's config that Slipway uses, for one platform. */
export interface ImageConfig {
  os: string
  architecture: string
  labels: Record<string, string>
  /** Digests of the layers' tars before compression, lowest layer first. */
  diffIds: string[]
  /** The descriptor of the config. */
  descriptor: Descriptor
  /** The descriptor of the manifest that names the config. */
  manifest: Descriptor
}

/** Whether a manifest is an attestation of an image, such as BuildKit's provenance, and not an image. */
function isAttestation({ platform, annotations }: Descriptor): boolean {
  return platform?.os === 'unknown' || annotations?.['vnd.docker.reference.type'] === 'attestation-manifest'
}

/**
 * Reads the configs of a layout's images, one per platform, in the layout's order; other manifests are skipped.
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
      throw unreadableImage(folder, `${descriptor.digest} has no platform or no layers`)
    }
    const labels = textsOf(isObject(config) ? config.Labels : undefined)
    configs.push({ os, architecture, labels, diffIds, descriptor, manifest })
  }
  return configs
}
