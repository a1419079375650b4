import type { Problem, Where } from './problem.ts'

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

/** What `cargo package` puts into a crate. */
export interface CrateContents {
  /** Relative to the crate's folder, sorted; what cargo makes itself among them. */
  files: string[]
  /** Length of those that are there already, uncompressed. */
  bytes: number
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
  /** True when the reason is that it is a Python extension module, or a C library: published only by name, or to go on with. */
  extension?: true
  /** What its package will hold; absent when it is not published. */
  contents?: CrateContents
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
  /** Its `requires-python` (a PEP 440 specifier): which Pythons may install it; absent when it has none. */
  requiresPython?: string
  /** Top-level names that can be imported once its wheel is installed, for the smoke test. */
  imports: string[]
  /** Why it is not published; absent when it is. */
  reason?: string
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

/** Documentation of the project that a generator builds. It is found, but published by others. */
export interface PlannedDocs {
  generator: 'MkDocs' | 'Sphinx' | 'mdBook' | 'Docusaurus'
  /** Its configuration, relative to the project. */
  file: string
  /** The folder of that. */
  path: string
}

/** One place where a version stands. */
export interface VersionPlace {
  file: string
  line: number
  value: string
}

/** Somewhere that a part of the release goes to, and what is known of it. */
export interface Destination {
  /** Kind of remote: `crates`, `pypi`, `oci`, `github`. */
  publisher: string
  /** Which one, for people: `crates.io`, `PyPI`, `ghcr.io/owner/name`, `GitHub`. */
  target: string
  /** What goes there, with its version. */
  artifact: string
  /** Whether this version is there already; `unknown` when it was not asked, or does not tell. */
  state: 'absent' | 'present' | 'unknown'
  /** What was seen, or why nothing was: one line for people. */
  detail: string
  /** How the release will authenticate there, as far as this job has what it takes; null when it has nothing. */
  login: string | null
}

/** What a registry asks for in its form for a trusted publisher on GitHub. */
export interface TrustedPublisher {
  owner: string
  /** Without its owner. */
  repository: string
  /** Name of the file in `.github/workflows`. */
  workflow: string
  /** null: the field is left empty, or `environmentOf` tells it. */
  environment: string | null
  /** The expression that gives the environment, where one does. */
  environmentOf?: string
}

/** How a job of the project's own workflows logs in to a registry. */
export interface PlannedLogin {
  /** `crates.io`, `PyPI`, `Test PyPI` */
  target: string
  /** `identity`: by trusted publishing. */
  kind: 'token' | 'identity'
  job: string
  /** The step, or the call of a workflow, that publishes. */
  where: Where
  /** For `identity`: what the registry has to be told; null while the repository is not known. */
  publisher: TrustedPublisher | null
}

/** One job of the matrix that builds wheels. */
export interface MatrixEntry {
  /** Unlike that of any other entry: package, target and Python, as far as it has them. */
  name: string
  /** The Python package. */
  package: string
  /** Folder of its pyproject.toml, relative to the project. */
  path: string
  /** Label of the runner. */
  runner: string
  /** Rust's target triple; empty for a package of Python alone. */
  target: string
  /** Platform tag to aim at on Linux, e.g. `manylinux_2_17`; empty elsewhere. */
  manylinux: string
  /** Version of the Python that the wheel is for, `3.12`; empty where it is for several. */
  interpreter: string
  /** Whether it builds the sdist too: one job of each package does. */
  sdist: boolean
}

/** Number of the plan's JSON form; a field may be added under the same number, never changed. */
export const PLAN_SCHEMA = 1

/** Read-only: what is released, where to, and what stands in the way. Files are relative to the project. */
export interface Plan extends Release {
  schema: typeof PLAN_SCHEMA
  crates: PlannedCrate[]
  packages: PlannedPackage[]
  images: PlannedImage[]
  docs: PlannedDocs[]
  versions: VersionPlace[]
  /** In the order of the release. */
  destinations: Destination[]
  /** How the workflows of the project log in; none for a step of one. */
  logins: PlannedLogin[]
  /** What build-wheels is run for. */
  matrix: MatrixEntry[]
  /** Whether this becomes the latest release: a stable version that none is newer than, as far as is known. */
  makeLatest: boolean
  /** What was not looked at, and why: one line each. */
  notChecked: string[]
  /** Commands that must succeed before a release, each as its words. */
  gate: string[][]
  /** Notes of the release (Markdown): the changelog's section for this version, or what the template makes of it; null when there are none. */
  notes: string | null
  problems: Problem[]
}
