import { DOCKER_HUB, type ImageName } from '@slipway/core/image'
import { isLoopbackAddress } from '@slipway/core/sandbox'
import type { Endpoints } from '../endpoints.ts'

/** Returns whether a registry is on this machine, where engines talk plain HTTP. */
export function isLoopback(registry: string): boolean {
  return isLoopbackAddress(`http://${registry}`)
}

/** Returns the address of a registry's API, without `/v2/` and without trailing slash. */
export function registryAddress(registry: string, { dockerhub }: Pick<Endpoints, 'dockerhub'>): string {
  if (registry === DOCKER_HUB) return dockerhub.registry
  return `${isLoopback(registry) ? 'http' : 'https'}://${registry}`
}

/** Returns the web page of a repository, or null if unknown. */
export function repositoryPage(
  { registry, repository }: ImageName,
  { dockerhub }: Pick<Endpoints, 'dockerhub'>,
): string | null {
  if (registry !== DOCKER_HUB || dockerhub.web === null) return null
  return `${dockerhub.web}/${repository}`
}
