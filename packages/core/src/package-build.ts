import type { EmulatorName } from './emulators.ts'
import type { Repair } from './repair.ts'

/** Whether one job on Linux can build the wheels of a package for all its targets. */
export interface OneJob {
  suffices: boolean
  /** Why not: parts of a sentence. Empty if it can. */
  why: string[]
}

/** How a package is compiled and tested beyond the defaults, as slipway.toml says. Absent fields keep the default. */
export interface PackageBuild {
  /** Platform tag of its Linux wheels with glibc: `manylinux_2_28`. */
  manylinux?: string
  /** Cargo's profile. */
  profile?: string
  /** Features of the crate beside those in pyproject.toml. */
  features?: string[]
  /** More arguments of `maturin build`. */
  args?: string[]
  /** Whether symbols are removed. */
  strip?: boolean
  /** A command for the shell, run in the package's folder before its build. */
  beforeBuild?: string
  /** Image in which its Linux wheels with glibc are built; `{arch}` stands for the processor of the wheel. */
  container?: string
  /** How its wheels get the libraries that they load. A tool for another system than the wheel's does not count. */
  repair?: Repair
}

/** What is tested of a package's wheels once they are installed, beside the import. Absent fields keep the default. */
export interface PackageTests {
  /** Extras to install with it. */
  extras?: string[]
  /** Requirements to install beside it (PEP 508). */
  requires?: string[]
  /** A command for the shell; `{project}` and `{package}` stand for the folders of the sources. */
  command?: string
  /** The emulators that may execute its wheels; absent for all. */
  emulators?: EmulatorName[]
}
