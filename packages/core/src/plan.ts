import type { OneJob, PackageBuild, PackageTests } from './package-build.ts'
import type { PlannedLogin } from './planned-login.ts'
import type { Problem } from './problem.ts'

/** A release: one version of one project. */
export interface Release {
  /** SemVer, without a leading `v`. */
  version: string
  /** The version in PEP 440's spelling, or null when it has none. */
  pythonVersion: string | null
  tag: string
  /** Full id of the tag's commit, or null outside a repository. */
  commit: string | null
  prerelease: boolean
}

/** The files that `cargo package` puts into a crate. */
export interface CrateContents {
  /** Relative to the crate's folder, sorted; includes the files that cargo generates. */
  files: string[]
  /** Uncompressed size of the existing files. */
  bytes: number
}

/** A crate of the project. */
export interface PlannedCrate {
  name: string
  version: string
  /** Folder of its Cargo.toml, relative to the project, `.` for the project itself. */
  path: string
  /** true: published on crates.io; false: not published; names: only on these registries. */
  publish: boolean | string[]
  /** Why it is not published; absent when it is. */
  reason?: string
  /** True when the reason is that it is a Python extension module or a C library: published only by name, or when resumed. */
  extension?: true
  /** True when its manifest would publish it, but no workflow, tag, setting or registry shows that it is published. */
  unproven?: true
  /** What shows that the project publishes it: a workflow, tags, a registry or a setting; absent if only its manifest does. */
  because?: string
  /** The files of its package; absent when it is not published. */
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
  /** The lowest CPython that its abi3 wheel supports (`cp38`), or null when each wheel is for one version. */
  abi3: null | `cp3${number}`
  /** The lowest CPython of its wheel with the stable ABI that free-threaded Pythons load, too (`cp315`); absent without one. */
  abi3t?: `cp3${number}`
  /** True when it says that it supports free-threaded Pythons, which get separate wheels. */
  freeThreaded?: true
  /** Its `requires-python` (a PEP 440 specifier); absent when it has none. */
  requiresPython?: string
  /** Top-level names that its wheel lets you import, for the smoke test. */
  imports: string[]
  /** Patterns of its wheels and sdists, which another job builds; absent if Slipway builds them. */
  prebuilt?: string[]
  /** How it is built; absent without settings for it. */
  build?: PackageBuild
  /** How its wheels are tested; absent without settings for it. */
  test?: PackageTests
  /** Whether one job on Linux can build all its wheels; absent if Slipway compiles nothing for it. */
  oneJob?: OneJob
  /** Why it is not published; absent when it is. */
  reason?: string
  /** What shows that the project publishes it: a workflow, tags, a registry or a setting; absent if only its manifest does. */
  because?: string
}

/** A container image of the project. Paths are relative to the project. */
export interface PlannedImage {
  /** Its full name without a tag: `ghcr.io/owner/name`. */
  name: string
  /** Its Dockerfile. */
  file: string
  /** The build context's folder. */
  context: string
  /** The stage to build; absent: the last. */
  target?: string
  /** The images of its `FROM` lines, with the build arguments that are set, and the others at their defaults. */
  bases: string[]
  /** Arguments of its build, by name; absent for none. */
  buildArgs?: Record<string, string>
  /** `pypi`: it is built after PyPI has the release, which it installs; absent: before anything is published. */
  after?: 'pypi'
}

/** Generated documentation of the project, which Slipway does not publish. */
export interface PlannedDocs {
  generator: 'MkDocs' | 'Sphinx' | 'mdBook' | 'Docusaurus'
  /** The generator's configuration file, relative to the project. */
  file: string
  /** The folder of that file. */
  path: string
}

/** A place with a version. */
export interface VersionPlace {
  file: string
  line: number
  value: string
}

/** A destination of a part of the release, with its state. */
export interface Destination {
  /** Kind of remote: `crates`, `pypi`, `oci`, `github`. */
  publisher: string
  /** Its name for people: `crates.io`, `PyPI`, `ghcr.io/owner/name`, `GitHub`. */
  target: string
  /** The published part, with its version. */
  artifact: string
  /** Whether this version exists there; `unknown` when Slipway did not ask, or got no answer. */
  state: 'absent' | 'present' | 'unknown'
  /** What the destination answered, or why it was not asked: one line for people. */
  detail: string
  /** How the release logs in there, if this job can; else null. */
  login: string | null
  /** What a publishing step of the workflows would need to log in; absent when it has a login, or none publishes there. */
  missingLogin?: string
}

/** One job of the matrix that builds wheels. */
export interface MatrixEntry {
  /** Unique: package, target and Python, as far as the job has them. */
  name: string
  /** The Python package. */
  package: string
  /** Folder of its pyproject.toml, relative to the project. */
  path: string
  /** Label of the runner. */
  runner: string
  /** Rust's target triple; empty for a pure-Python package. */
  target: string
  /** Platform tag on Linux, e.g. `manylinux_2_17`; empty elsewhere, and where the container decides. */
  manylinux: string
  /** Image in which it is built; absent for a build on the runner itself. */
  container?: string
  /** Python of the wheel, `3.12`, free-threaded `3.14t` or `pypy3.11`; empty when it supports several. */
  interpreter: string
  /** Whether the job also builds the sdist; one job of each package does. */
  sdist: boolean
  /** Whether a job on Linux builds it together with the package's other wheels; absent on a runner of its own system. */
  cross?: true
}

/** Crates and Python packages that are released together, under tags of one form. */
export interface PlannedTrain {
  /** The pattern of its tags: `python-v{version}`. */
  pattern: string
  crates: string[]
  packages: string[]
  /** What shows it: `tags python-v1.2.0, python-v1.1.4`. */
  because: string
}

/** Version of the plan's JSON format; the same version may gain fields, but never changes one. */
export const PLAN_SCHEMA = 1

/** The plan of a release: its parts, destinations and problems. Paths are relative to the project. */
export interface Plan extends Release {
  schema: typeof PLAN_SCHEMA
  /** What shows the form of the tag: `tags v1.2.0, v1.1.4`; absent if it is assumed. */
  because?: string
  /** The release trains that git's tags show; a tag of each releases its members alone. */
  trains: PlannedTrain[]
  crates: PlannedCrate[]
  packages: PlannedPackage[]
  images: PlannedImage[]
  docs: PlannedDocs[]
  versions: VersionPlace[]
  /** In the order of the release. */
  destinations: Destination[]
  /** The logins of the project's workflows; empty in a step of a workflow. */
  logins: PlannedLogin[]
  /** The jobs of build-wheels. */
  matrix: MatrixEntry[]
  /** Whether this becomes the latest release: a stable version with no newer one known. */
  makeLatest: boolean
  /** What was not checked, and why: one line each. */
  notChecked: string[]
  /** Commands that must succeed before a release, each as a list of words. */
  gate: string[][]
  /** Notes of the release (Markdown): the changelog's section for this version, or the filled-in template; null if none. */
  notes: string | null
  problems: Problem[]
}
