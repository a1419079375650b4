import type { RegisteredWorkflow } from '../control-body.ts'
import type { TrustedLogin } from './login.ts'

/** A file of a project. */
export interface ProjectFile {
  filename: string
  kind: 'bdist_wheel' | 'sdist'
  /** As normalized. */
  version: string
  sha256: string
  size: number
  requiresPython: string | null
  /** sha256 of its METADATA or PKG-INFO, kept beside it. */
  metadata: string
  uploadedAt: number
  /** When the simple index shows it. */
  visibleAt: number
  /** As they were uploaded, with who published them; nothing for a file without. */
  attestations?: unknown[]
  publisher?: Pick<RegisteredWorkflow, 'repository' | 'workflow' | 'environment'>
}

/** A workflow that may publish a project. */
export interface PypiPublisher extends RegisteredWorkflow {
  project: string
  /** True for one whose project does not exist yet: its first use makes the project. */
  pending: boolean
  /** When it was registered: a pending one is forgotten after 30 days. */
  created: number
}

/** A project, by the name that it first came with. */
export interface Project {
  name: string
  summary: string
  files: ProjectFile[]
}

/** What an index holds. */
export interface State {
  /** By normalized name. */
  projects: Record<string, Project>
  /** Names of all files that were ever there: none is ever taken again. */
  used: string[]
  publishers: PypiPublisher[]
  /** Tokens of trusted publishing, by their sha256. */
  tokens: Record<string, TrustedLogin>
  /** The JWTs that were exchanged, by `jti`: when each is forgotten. */
  usedJwts: Record<string, number>
  /** Milliseconds that a token of trusted publishing is good for. */
  tokenLifetime: number
  /** False while the index's administrators have trusted publishing from GitHub switched off. */
  trustedPublishing: boolean
}

/** The state of a new folder. */
export const INITIAL: State = {
  projects: {},
  used: [],
  publishers: [],
  tokens: {},
  usedJwts: {},
  tokenLifetime: 900_000,
  trustedPublishing: true,
}
