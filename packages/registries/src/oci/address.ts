import { DOCKER_HUB, type ImageName } from '@slipway/core/image'
import { ENDPOINTS } from '../endpoints.ts'

/** What docker calls a machine that needs no TLS: this one. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/

/** Whether a registry is on this machine, where engines talk plain HTTP. */
export function isLoopback(registry: string): boolean {
  return LOOPBACK.test(registry)
}

/** Address of a registry's API, without `/v2/` and without trailing slash. */
export function registryAddress(registry: string): string {
  if (registry === DOCKER_HUB) return ENDPOINTS.dockerhub.registry
  return `${isLoopback(registry) ? 'http' : 'https'}://${registry}`
}

/** Page of a repository for people, or null where there is none that is known. */
export function repositoryPage({ registry, repository }: ImageName): string | null {
  if (registry !== DOCKER_HUB) return null
  return `${ENDPOINTS.dockerhub.web}/${repository}`
}
