import type { RegisteredWorkflow } from '../control-body.ts'

/** A file of a project. */
export interface ProjectFile {
  filename: string
  kind: 'bdist_wheel' | 'sdist'
  /** Normalized version. */
  version: string
  sha256: string
  size: number
  requiresPython: string | null
  /** sha256 of its METADATA or PKG-INFO, which is stored separately. */
  metadata: string
  uploadedAt: number
  /** Time from which the simple index shows it. */
  visibleAt: number
  /** Attestations as uploaded, with the publisher; absent for a file without. */
  attestations?: unknown[]
  publisher?: Pick<RegisteredWorkflow, 'repository' | 'workflow' | 'environment'>
}

/** A workflow that may publish a project. */
export interface PypiPublisher extends RegisteredWorkflow {
  project: string
  /** True if the project does not exist yet; the first use creates it. */
  pending: boolean
  /** Time of registration; a pending publisher expires after 30 days. */
  created: number
}

/** A project, with the name of its first upload. */
export interface Project {
  name: string
  summary: string
  files: ProjectFile[]
}

/** State of an index. */
export interface State {
  /** By normalized name. */
  projects: Record<string, Project>
  /** Names of all files that ever existed; none can be used again. */
  used: string[]
  publishers: PypiPublisher[]
  /** Tokens of trusted publishing, by their sha256. */
  tokens: Record<string, TrustedLogin>
  /** Exchanged JWTs by `jti`, each with the time when it is forgotten. */
  usedJwts: Record<string, number>
  /** Lifetime of a trusted publishing token in milliseconds. */
  tokenLifetime: number
  /** False while the index's administrators have switched off trusted publishing from GitHub. */
  trustedPublishing: boolean
}

/** State of a new folder. */
export const INITIAL: State = {
  projects: {},
  used: [],
  publishers: [],
  tokens: {},
  usedJwts: {},
  tokenLifetime: 900_000,
  trustedPublishing: true,
}

/** The meaning of a trusted publishing token. */
export interface TrustedLogin {
  publisher: Pick<RegisteredWorkflow, 'repository' | 'workflow' | 'environment'>
  /** Normalized names of its projects. */
  projects: string[]
  expiresAt: number
}
