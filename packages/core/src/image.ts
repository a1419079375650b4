/** A repository of images: `{ registry: 'ghcr.io', repository: 'owner/name' }`. */
export interface ImageName {
  /** Host, with its port when it has one; Docker Hub's is `docker.io`. */
  registry: string
  /** Path in the registry, lower-case. */
  repository: string
}

/** An image in its repository, by tag, digest, both or neither. */
export interface ImageReference extends ImageName {
  tag: string | null
  /** `sha256:<hex>` */
  digest: string | null
}

/** What docker takes for the registry of a name that has none. */
export const DOCKER_HUB = 'docker.io'

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*'
const HOST =
  '(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?'
const REFERENCE = new RegExp(
  `^(?:(?<host>${HOST})/)?(?<path>${COMPONENT}(?:/${COMPONENT})*)(?::(?<tag>[\\w][\\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$`,
)

/** A repository's name may have so many characters. */
const LONGEST = 255

/**
 * Reads an image's name as docker does (distribution/reference, "Grammar"): the first part is a registry when it has a
 * dot or a port or is `localhost`; without one the image is Docker Hub's, and there a single word means `library/`.
 * Gives null for what is no such name: upper-case letters, say. Docker takes a first part that has some for a host, which
 * is never meant.
 */
export function parseImage(text: string): ImageReference | null {
  const first = text.split('/', 1)[0] as string
  const named = text.includes('/') && (/[.:[]/.test(first) || first === 'localhost')
  const groups = REFERENCE.exec(named ? text : `${DOCKER_HUB}/${text}`)?.groups
  const path = groups?.path
  if (!groups || path === undefined || path.length > LONGEST) return null
  const registry = groups.host === 'index.docker.io' ? DOCKER_HUB : (groups.host as string)
  return {
    registry,
    repository: registry === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path,
    tag: groups.tag ?? null,
    digest: groups.digest ?? null,
  }
}

/** A name in full: `docker.io/library/python`. */
export function imageName({ registry, repository }: ImageName): string {
  return `${registry}/${repository}`
}
