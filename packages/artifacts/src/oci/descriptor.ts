import { error, ProblemError } from '@slipway/core/problem'

/** Names content by its hash (OCI image specification 1.1, "Content Descriptors"). */
export interface Descriptor {
  mediaType: string
  /** `sha256:` and 64 lower-case hex digits; no other algorithm is taken. */
  digest: string
  /** Bytes. */
  size: number
  platform?: { os: string; architecture: string; variant?: string }
  annotations?: Record<string, string>
}

/** A JSON object whose members are not known to be anything yet. */
export type Json = Record<string, unknown>

/** Manifests of one image: OCI's, and Docker's "Image Manifest Version 2, Schema 2". */
export const MANIFEST_TYPES: readonly string[] = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]
/** Lists of manifests, one a platform. */
export const INDEX_TYPES: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]
/** What describes how an image is run. */
export const CONFIG_TYPES: readonly string[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]

/** OCI image specification, "Digests", for the one algorithm that everybody supports. */
const DIGEST = /^sha256:[0-9a-f]{64}$/

/** Whether a text is a sha256 digest, and so safe to make a path of. */
export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && DIGEST.test(text)
}

/** The problem of a folder that is no image: `image-unreadable`. */
export function unreadableImage(folder: string, why: string, cause?: unknown): ProblemError {
  return new ProblemError(
    error(
      'image-unreadable',
      `${folder} cannot be read as an image: ${why}. No registry would take it.`,
      'Build the image again into an OCI layout; if it was copied or downloaded, copy its whole folder.',
    ),
    cause,
  )
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Those members of an object that are texts; nothing of what is no object. */
export function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(isObject(value) ? value : {})
  return Object.fromEntries(entries.filter((each): each is [string, string] => typeof each[1] === 'string'))
}

/**
 * Holds a value of a layout's JSON to the form of a descriptor.
 * @throws ProblemError `image-unreadable`
 */
export function readDescriptor(folder: string, value: unknown): Descriptor {
  const { mediaType, digest, size, platform, annotations } = isObject(value) ? value : {}
  if (typeof mediaType !== 'string') throw unreadableImage(folder, 'something in it has no media type')
  if (!isDigest(digest)) throw unreadableImage(folder, `${JSON.stringify(digest)} is no sha256 digest`)
  if (!Number.isSafeInteger(size) || (size as number) < 0) throw unreadableImage(folder, `${digest} has no size`)
  const { os, architecture, variant } = textsOf(platform)
  return {
    mediaType,
    digest,
    size: size as number,
    ...(os !== undefined &&
      architecture !== undefined && { platform: { os, architecture, ...(variant && { variant }) } }),
    ...(isObject(annotations) && { annotations: textsOf(annotations) }),
  }
}
