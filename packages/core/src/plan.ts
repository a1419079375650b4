import type { Problem } from './problem.ts'

/** What is released: one version of one project. */
export interface Release {
  /** SemVer, without a leading `v`. */
  version: string
  /** The same version as PEP 440 spells it, or null when it has no such form. */
  pythonVersion: string | null
  tag: string
  /** Full id of the commit that the tag points at, or null outside a repository. */
  commit: string | null
  prerelease: boolean
}

/** A crate of the project, and where it may go. */
export interface PlannedCrate {
  name: string
  version: string
  /** Folder of its Cargo.toml, relative to the project, `.` for the project itself. */
  path: string
  /** true: crates.io; false: nowhere; names: these registries only. */
  publish: boolean | string[]
  /** Why it is not published; absent when it is. */
  reason?: string
  /** True when the reason is that it is a Python extension module, which is published only by name, or to go on with. */
  extension?: true
}

/** A Python package of the project. */
export interface PlannedPackage {
  /** As its author spells it. */
  name: string
  /** PEP 440. */
  version: string
  /** Folder of its pyproject.toml, relative to the project. */
  path: string
  /** The PEP 517 build backend, e.g. `maturin`. */
  backend: string
  /** The lowest CPython that its wheel runs on (`cp38`), or null when a wheel is for one version only. */
  abi3: null | `cp3${number}`
  /** Top-level names that can be imported once its wheel is installed, for the smoke test. */
  imports: string[]
}

/** A container image of the project. Paths are relative to the project. */
export interface PlannedImage {
  /** Where it goes, in full and without a tag: `ghcr.io/owner/name`. */
  name: string
  /** Its Dockerfile. */
  file: string
  /** The folder that is its build's context. */
  context: string
  /** The stage to build; absent: the last. */
  target?: string
  /** The images that its `FROM` lines name, arguments filled in by their defaults. */
  bases: string[]
}

/** One place where a version stands. */
export interface VersionPlace {
  file: string
  line: number
  value: string
}

/** Number of the plan's JSON form; a field may be added under the same number, never changed. */
export const PLAN_SCHEMA = 1

/** Read-only: what is released, where to, and what stands in the way. Files are relative to the project. */
export interface Plan extends Release {
  schema: typeof PLAN_SCHEMA
  crates: PlannedCrate[]
  packages: PlannedPackage[]
  images: PlannedImage[]
  versions: VersionPlace[]
  /** The changelog's section for this version (Markdown), or null when there is none. */
  notes: string | null
  problems: Problem[]
}
