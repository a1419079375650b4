/** A blob of a repository. */
export interface Blob {
  /** `sha256:<hex>` */
  digest: string
  size: number
}

/** A manifest of a repository; `size` in bytes. */
export interface Manifest extends Blob {
  /** Media type as pushed. */
  mediaType: string
  /** Digest of the manifest that it refers to; null for none. */
  subject: string | null
}

/** A tag and its manifest. */
export interface Tag {
  name: string
  digest: string
}

/** A repository. Other repositories have its content only once it is pushed or mounted there. */
export interface Repository {
  name: string
  blobs: Blob[]
  manifests: Manifest[]
  tags: Tag[]
  /** The setting "immutable tags". */
  immutableTags: boolean
}

/** An open upload. */
export interface Session {
  /** A UUID. */
  id: string
  /** Name of its repository. */
  repository: string
  /** Received parts in order, each stored by its sha256 in hex. */
  parts: { sha256: string; size: number }[]
}

/** State of a registry. */
export interface State {
  repositories: Repository[]
  sessions: Session[]
}

/** Returns a repository of a state, adding it if it was never named before. */
export function repository(state: State, name: string): Repository {
  const found = look(state, name)
  if (found) return found
  const fresh: Repository = { name, blobs: [], manifests: [], tags: [], immutableTags: false }
  state.repositories.push(fresh)
  return fresh
}

/** Returns a repository for reading; undefined if it was never named. */
export function look(state: Readonly<State>, name: string): Repository | undefined {
  return state.repositories.find((each) => each.name === name)
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const NAME = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`)

/** Whether a text is a valid repository name (distribution-spec 1.1, "Pulling manifests"; at most 255 characters). */
export function isName(text: string): boolean {
  return text.length <= 255 && NAME.test(text)
}

/** Whether a text is a valid tag (same section). */
export function isTag(text: string): boolean {
  return /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/.test(text)
}

/** Whether a text is a sha256 digest, the only supported algorithm (image-spec 1.1, "Digests"). */
export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && /^sha256:[0-9a-f]{64}$/.test(text)
}

/** Returns the sha256 of a digest in hex. */
export function hexOf(digest: string): string {
  return digest.slice('sha256:'.length)
}
