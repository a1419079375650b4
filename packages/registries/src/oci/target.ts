import { type ImageName, imageName } from '@slipway/core/image'
import type { Endpoints } from '../endpoints.ts'
import { MAX_CONCURRENT_BLOBS } from '../limits.ts'
import { registryAddress, repositoryPage } from './address.ts'
import type { Credentials } from './authorization.ts'
import type { OciTarget } from './publisher.ts'

/**
 * Returns the repository of an image name.
 * @param others images that may share blobs with it, its bases first
 */
export function imageTarget(
  name: ImageName,
  credentials: Credentials | null,
  others: readonly ImageName[],
  endpoints: Pick<Endpoints, 'dockerhub' | 'standIn'>,
): OciTarget {
  const near = others.filter((each) => each.registry === name.registry && imageName(each) !== imageName(name))
  const own = { registry: registryAddress(name.registry, endpoints), repository: name.repository }
  const standIn = endpoints.standIn?.(name) ?? null
  return {
    name,
    ...(standIn ?? own),
    credentials,
    mountFrom: standIn ? null : (near[0]?.repository ?? null),
    web: repositoryPage(name, endpoints),
    parallel: MAX_CONCURRENT_BLOBS,
  }
}
