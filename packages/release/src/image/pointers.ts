import type { Artifact } from '@slipway/core/artifact'
import type { Pointer } from '@slipway/core/publisher'
import type { OciPublisher } from '@slipway/registries/oci/publisher'
import type { ImageTag } from '@slipway/registries/oci/tags'

/** The tags of images, in the order in which they move: a version's own everywhere, then those that follow it. */
export function imagePointers(
  images: readonly { publisher: OciPublisher; artifacts: readonly Artifact[] }[],
  tags: readonly ImageTag[],
): Pointer[] {
  return tags.flatMap((tag) => {
    return images.flatMap(({ publisher, artifacts }) => artifacts.map((each) => publisher.pointer(each, tag)))
  })
}
