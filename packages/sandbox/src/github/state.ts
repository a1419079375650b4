import { sha256 } from '../store.ts'

/** A file of a release. */
export interface Asset {
  id: number
  name: string
  label: string | null
  /** `starter`: its upload was cut off. */
  state: 'uploaded' | 'starter'
  contentType: string
  size: number
  /** Null for a starter. */
  sha256: string | null
  createdAt: string
  updatedAt: string
}

/** A release, or a draft of one. */
export interface Release {
  id: number
  tag: string
  target: string
  name: string | null
  body: string | null
  draft: boolean
  prerelease: boolean
  immutable: boolean
  createdAt: string
  publishedAt: string | null
  assets: Asset[]
}

/** An annotated tag. */
export interface TagObject {
  sha: string
  tag: string
  message: string
  object: { sha: string; type: string }
  tagger: { name: string; email: string; date: string }
}

/** A stored attestation. */
export interface Attestation {
  id: number
  /** Digests of its subjects, lower-case hex. */
  subjects: string[]
  predicateType: string
  bundle: object
}

/** A repository. */
export interface Repository {
  owner: string
  name: string
  releases: Release[]
  /** By full name: `refs/heads/main`. */
  refs: Record<string, { sha: string; type: 'commit' | 'tag' }>
  tagObjects: Record<string, TagObject>
  /** The setting "release immutability". */
  immutableReleases: boolean
  /** Tags of deleted immutable releases, which no release can use again. */
  burnedTags: string[]
  /** The release explicitly made the latest; null leaves it to date and version. */
  latest: number | null
  /** Missing in a folder that an older Slipway wrote. */
  attestations?: Attestation[]
  attestationMode?: AttestationMode
}

/** State of GitHub. */
export interface State {
  /** By lower-case `owner/name`. */
  repositories: Record<string, Repository>
  lastId: number
}

/** Returns the current time in GitHub's form: whole seconds. */
export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+/, '')
}

/** The branch of every repository. */
export const DEFAULT_BRANCH = 'main'

/** Returns a repository of a state, adding it if it was never named before. */
export function repository(state: State, owner: string, name: string): Repository {
  const key = `${owner}/${name}`.toLowerCase()
  state.repositories[key] ??= blank(owner, name)
  return state.repositories[key]
}

/** Returns a repository for reading; the state stays unchanged. */
export function look(state: Readonly<State>, owner: string, name: string): Repository {
  return state.repositories[`${owner}/${name}`.toLowerCase()] ?? blank(owner, name)
}

/**
 * Returns a repository with one commit on its default branch. The sandbox has no git objects, so it accepts every
 * commit id.
 */
function blank(owner: string, name: string): Repository {
  return {
    owner,
    name,
    releases: [],
    refs: { [`refs/heads/${DEFAULT_BRANCH}`]: { sha: sha256(`${owner}/${name}`).slice(0, 40), type: 'commit' } },
    tagObjects: {},
    immutableReleases: false,
    burnedTags: [],
    latest: null,
  }
}

/** Derives the numeric id of a user or repository, which is not stored. */
export function numberOf(text: string): number {
  return Number.parseInt(sha256(text.toLowerCase()).slice(0, 7), 16)
}

/** Returns the commit of a name (an id, a branch, a tag, also an annotated one), or null. */
export function resolveCommit(repo: Repository, name: string): string | null {
  if (/^[0-9a-f]{40}$/.test(name)) return repo.tagObjects[name]?.object.sha ?? name
  const ref = ['', 'refs/', 'refs/heads/', 'refs/tags/'].map((prefix) => repo.refs[prefix + name]).find(Boolean)
  return ref ? (repo.tagObjects[ref.sha]?.object.sha ?? ref.sha) : null
}

/**
 * How a repository answers attestations: it accepts them, the token has no `attestations: write`, or the repository is
 * private and its owner's plan excludes attestations.
 */
export const ATTESTATION_MODES = ['taken', 'forbidden', 'unavailable'] as const

export type AttestationMode = (typeof ATTESTATION_MODES)[number]
