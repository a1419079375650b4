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
}
