/** A blob that a repository has. */
export interface Blob {
  /** `sha256:<hex>` */
  digest: string
  size: number
}

/** A manifest that a repository has; `size` in bytes. */
export interface Manifest extends Blob {
  /** As it was pushed. */
  mediaType: string
  /** Digest of the manifest that it refers to; null for none. */
  subject: string | null
}

/** A tag, and the manifest that it names. */
export interface Tag {
  name: string
  digest: string
}

/** A repository. What it has by digest, others do not have until it is pushed or mounted there. */
export interface Repository {
  name: string
  blobs: Blob[]
  manifests: Manifest[]
  tags: Tag[]
  /** The setting "immutable tags". */
  immutableTags: boolean
}

/** An upload that is neither closed nor cancelled. */
export interface Session {
  /** A UUID. */
  id: string
  /** Name of the repository that it is for. */
  repository: string
  /** What came so far, in order; each part is kept by its sha256 in hex. */
  parts: { sha256: string; size: number }[]
}

/** What a registry holds. */
export interface State {
  repositories: Repository[]
  sessions: Session[]
}

/** A repository of a state; one that was never named before is new, and part of the state from now on. */
export function repository(state: State, name: string): Repository {
  const found = look(state, name)
  if (found) return found
  const fresh: Repository = { name, blobs: [], manifests: [], tags: [], immutableTags: false }
  state.repositories.push(fresh)
  return fresh
}

/** A repository to look at; undefined for one that was never named. */
export function look(state: Readonly<State>, name: string): Repository | undefined {
  return state.repositories.find((each) => each.name === name)
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const NAME = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`)

/** Whether it can be a repository's name (distribution-spec 1.1, "Pulling manifests"; at most 255 characters). */
export function isName(text: string): boolean {
  return text.length <= 255 && NAME.test(text)
}

/** Whether it can be a tag (same place). */
export function isTag(text: string): boolean {
  return /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/.test(text)
}

/** Whether it is a digest by the one algorithm that is known here (image-spec 1.1, "Digests"). */
export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && /^sha256:[0-9a-f]{64}$/.test(text)
}

/** The sha256 in hex of a digest. */
export function hexOf(digest: string): string {
  return digest.slice('sha256:'.length)
}
