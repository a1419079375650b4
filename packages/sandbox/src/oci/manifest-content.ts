import { isDigest } from './state.ts'

const IMAGES = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json']
const INDEX = 'application/vnd.oci.image.index.v1+json'
const INDEXES = [INDEX, 'application/vnd.docker.distribution.manifest.list.v2+json']

/** Media type of an index. */
export const INDEX_TYPE = INDEX

/** The fields of a manifest that a registry uses. */
export interface ManifestContent {
  mediaType: string
  /** Digests of blobs that must exist. */
  blobs: string[]
  /** Digests of manifests that must exist. */
  manifests: string[]
  /** Digest of the manifest that it refers to, which may be missing; null for none. */
  subject: string | null
  /**
   * Its type among referrers: `artifactType`, else the media type of an image's config; absent for an index without.
   */
  artifactType?: string
  annotations?: Record<string, string>
}

interface Descriptor {
  mediaType: string
  digest: string
  urls?: unknown
}

/**
 * Reads a manifest with its Content-Type (image-spec 1.1, "Image Manifest" and "Image Index"; Docker's "Image Manifest
 * V 2, Schema 2"). Returns the fault of an invalid one.
 */
export function readManifest(contentType: string | undefined, bytes: Buffer): ManifestContent | string {
  let value: Record<string, unknown>
  try {
    value = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
  } catch {
    return 'the manifest is not JSON'
  }
  if (typeof value !== 'object' || value === null) return 'the manifest is not an object'
  const declaredType = value.mediaType
  // "The registry SHOULD ignore parameters on the Content-Type header" (distribution-spec 1.1, "Pushing Manifests").
  const mediaType = contentType?.split(';', 1)[0]?.trim() || declaredType
  if (typeof mediaType !== 'string') return 'the manifest has no media type'
  if (declaredType !== undefined && declaredType !== mediaType)
    return `the manifest is of type ${declaredType}, not ${mediaType} as it was sent`
  if (value.schemaVersion !== 2) return 'schemaVersion is not 2'
  const isImage = IMAGES.includes(mediaType)
  if (!isImage && !INDEXES.includes(mediaType)) return `a manifest of type ${mediaType} is not taken here`

  const { config, subject = null } = value
  const list = isImage ? value.layers : value.manifests
  if (!Array.isArray(list)) return `${isImage ? 'layers' : 'manifests'} is no list`
  const descriptors = isImage ? [config, ...list] : list
  if (!descriptors.every(isDescriptor) || (subject !== null && !isDescriptor(subject)))
    return 'a descriptor is malformed'
  const artifactType = text(value.artifactType) ?? (isImage ? text((config as Descriptor).mediaType) : undefined)
  return {
    mediaType,
    blobs: isImage ? descriptors.filter((each) => !isForeign(each)).map((each) => each.digest) : [],
    manifests: isImage ? [] : descriptors.map((each) => each.digest),
    subject: subject?.digest ?? null,
    ...(artifactType && { artifactType }),
    ...(isObject(value.annotations) && { annotations: value.annotations as Record<string, string> }),
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Returns a non-empty string. */
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** Whether it is a descriptor (image-spec 1.1, "OCI Content Descriptors"). */
function isDescriptor(value: unknown): value is Descriptor {
  if (!isObject(value)) return false
  const { mediaType, digest, size } = value
  return typeof mediaType === 'string' && isDigest(digest) && Number.isSafeInteger(size) && (size as number) >= 0
}

/** Whether a layer is available elsewhere only (image-spec 1.1, "Non-Distributable Layers"). */
function isForeign({ mediaType, urls }: Descriptor): boolean {
  return /nondistributable|foreign/.test(mediaType) && Array.isArray(urls) && urls.length > 0
}
