import { type ImageName, imageName, parseImage } from '@slipway/core/image'
import type { ImageBuild } from '@slipway/core/image-build'
import type { Endpoints } from '../endpoints.ts'
import { MAX_CONCURRENT_BLOBS } from '../limits.ts'
import { registryAddress, repositoryPage } from './address.ts'
import type { Credentials, Login } from './authorization.ts'
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

/** Returns the repositories of all names of an image, with their logins. */
export function imageTargets(
  { names, bases }: Pick<ImageBuild, 'names' | 'bases'>,
  login: Login,
  endpoints: Pick<Endpoints, 'dockerhub' | 'standIn'>,
): Promise<OciTarget[]> {
  const others = [...bases.map(parseImage).filter((each) => each !== null), ...names]
  return Promise.all(names.map(async (name) => imageTarget(name, await login(name.registry), others, endpoints)))
}
