import { type ImageName, imageName } from '@slipway/core/image'
import { registryAddress, repositoryPage } from './address.ts'
import type { Credentials } from './authorization.ts'
import type { OciTarget } from './publisher.ts'

/** Blobs that are sent at once; docker sends five. */
const PARALLEL = 4

/**
 * The repository that an image's name means.
 * @param others images that may share blobs with it: its bases first
 */
export function imageTarget(name: ImageName, credentials: Credentials | null, others: readonly ImageName[]): OciTarget {
  const near = others.filter((each) => each.registry === name.registry && imageName(each) !== imageName(name))
  return {
    name,
    registry: registryAddress(name.registry),
    repository: name.repository,
    credentials,
    mountFrom: near[0]?.repository ?? null,
    web: repositoryPage(name),
    parallel: PARALLEL,
  }
}
