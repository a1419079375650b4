import { versionInTag } from '@slipway/core/tag'
import { MAX_ADDRESS_CHARACTERS } from '../limits.ts'

/** The tags in an address of a forge, with their positions. */
export interface LinkedTags {
  /** The start of a comparison; null in the address of one release. */
  from: LinkedTag | null
  to: LinkedTag
}

/** A tag, branch or `HEAD` in an address. */
export interface LinkedTag {
  /** As written. */
  text: string
  /** Start and end in the address, in UTF-16 units. */
  range: readonly [start: number, end: number]
  /** Its version; null for a branch. */
  version: string | null
}

const COMPARE = /\/compare\/(?<from>[^?#\s]+?)\.{2,3}(?<to>[^?#\s]+)/d
const RELEASE = /\/(?:releases\/tag|releases|src\/tag|tree|tags)\/(?<to>[^?#\s]+)$/d

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Returns the tags in the address of a comparison (`…/compare/v1.2.2...v1.2.3`) or of a release (`…/releases/tag/v1.2.3`); null for others. */
export function linkedTags(url: string): LinkedTags | null {
  if (url.length > MAX_ADDRESS_CHARACTERS) return null
  const groups = (COMPARE.exec(url) ?? RELEASE.exec(url))?.indices?.groups
  const tag = (range: [number, number] | undefined): LinkedTag | null => {
    if (!range) return null
    const text = url.slice(...range)
    return { text, range, version: versionInTag(decoded(text)) }
  }
  const to = tag(groups?.to)
  return to && { from: tag(groups?.from), to }
}
