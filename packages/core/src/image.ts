import { MAX_REPOSITORY_CHARACTERS } from './limits.ts'

/** A repository of images: `{ registry: 'ghcr.io', repository: 'owner/name' }`. */
export interface ImageName {
  /** Host and optional port; `docker.io` for Docker Hub. */
  registry: string
  /** Path in the registry, lower-case. */
  repository: string
}

/** A reference to an image in its repository, with a tag, a digest, both or neither. */
export interface ImageReference extends ImageName {
  tag: string | null
  /** `sha256:<hex>` */
  digest: string | null
}

/** The registry of a name without one. */
export const DOCKER_HUB = 'docker.io'

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*'
const HOST =
  '(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?'
const REFERENCE = new RegExp(
  `^(?:(?<host>${HOST})/)?(?<path>${COMPONENT}(?:/${COMPONENT})*)(?::(?<tag>[\\w][\\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$`,
)

/**
 * Parses an image's name as docker does (distribution/reference, "Grammar"): the first part is a registry when it has a
 * dot or a port or is `localhost`. Other images are on Docker Hub, where a single word is in `library/`.
 * @returns null for an invalid name, for example with upper-case letters; docker takes a first part with such letters for
 * a host, which nobody means
 */
export function parseImage(text: string): ImageReference | null {
  const first = text.split('/', 1)[0] as string
  const named = text.includes('/') && (/[.:[]/.test(first) || first === 'localhost')
  const groups = REFERENCE.exec(named ? text : `${DOCKER_HUB}/${text}`)?.groups
  const path = groups?.path
  if (!groups || path === undefined || path.length > MAX_REPOSITORY_CHARACTERS) return null
  const registry = groups.host === 'index.docker.io' ? DOCKER_HUB : (groups.host as string)
  return {
    registry,
    repository: registry === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path,
    tag: groups.tag ?? null,
    digest: groups.digest ?? null,
  }
}

/** Returns the full name: `docker.io/library/python`. */
export function imageName({ registry, repository }: ImageName): string {
  return `${registry}/${repository}`
}
