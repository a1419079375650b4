import { error, ProblemError } from '@slipway/core/problem'

/** Identifies content by its hash (OCI image specification 1.1, "Content Descriptors"). */
export interface Descriptor {
  mediaType: string
  /** `sha256:` and 64 lower-case hex digits; other algorithms are refused. */
  digest: string
  /** Bytes. */
  size: number
  platform?: { os: string; architecture: string; variant?: string }
  annotations?: Record<string, string>
}

/** A JSON object with members of unknown types. */
export type Json = Record<string, unknown>

/** Media types of the manifest of one image: OCI's, and Docker's "Image Manifest Version 2, Schema 2". */
export const MANIFEST_TYPES: readonly string[] = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]
/** Media types of lists of manifests, one per platform. */
export const INDEX_TYPES: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]
/** Media types of image configs. */
export const CONFIG_TYPES: readonly string[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]

/** OCI image specification, "Digests", for the one algorithm that every registry supports. */
const DIGEST = /^sha256:[0-9a-f]{64}$/

/** Whether a value is a sha256 digest, and so safe in a path. */
export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && DIGEST.test(text)
}

/** Makes the error of a folder that is not an image: `image-unreadable`. */
export function unreadableImage(folder: string, why: string, cause?: unknown): ProblemError {
  return new ProblemError(
    error(
      'image-unreadable',
      `${folder} cannot be read as an image: ${why}. Registries refuse it.`,
      'Build the image again as an OCI layout; if you copied or downloaded it, copy its whole folder.',
    ),
    cause,
  )
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns the members of an object that are strings; `{}` for other values. */
export function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(isObject(value) ? value : {})
  return Object.fromEntries(entries.filter((each): each is [string, string] => typeof each[1] === 'string'))
}

/**
 * Reads a descriptor from a value of a layout's JSON.
 * @throws ProblemError `image-unreadable`
 */
export function readDescriptor(folder: string, value: unknown): Descriptor {
  const { mediaType, digest, size, platform, annotations } = isObject(value) ? value : {}
  if (typeof mediaType !== 'string') throw unreadableImage(folder, 'a descriptor has no media type')
  if (!isDigest(digest)) throw unreadableImage(folder, `${JSON.stringify(digest)} is not a sha256 digest`)
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
