import type { Plan } from '@slipway/core/plan'
import type { Repair } from '@slipway/core/repair'
import type { BuildWheelOptions } from '@slipway/toolchain/build-wheel'

/** Options of a build. All folders are absolute. */
export interface BuildOptions {
  /** The project. */
  dir: string
  plan: Plan
  /** Folder for built files. */
  out: string
  /** Cargo's target folder; null for the project's. */
  targetDir: string | null
  /** Timestamp of built files: the commit's, in seconds since the epoch (SOURCE_DATE_EPOCH). */
  sourceDateEpoch: number
}

/** Options of packaging crates. */
export interface CrateOptions extends Omit<BuildOptions, 'sourceDateEpoch'> {
  /** false: only package them, without building. */
  verify?: boolean
}

/** Options of building wheels. */
export interface WheelOptions extends BuildOptions {
  /** Target platform tag on Linux, e.g. `manylinux_2_17`; `off` for a plain Linux wheel. Default: the package's. */
  compatibility?: string | undefined
  /** Link with zig, so that a host newer than the platform tag builds wheels that old systems load. */
  zig: boolean
  /** Names of the Python packages to build; empty for all published ones. */
  packages?: readonly string[]
  /** Rust's target triples, of which each gets a wheel; empty: this machine's. */
  targets?: readonly string[]
  /**
   * Python versions, e.g. `3.12`, of which each gets a wheel where a wheel is for a single Python; empty: the lowest
   * installed that `requires-python` allows.
   */
  interpreters?: readonly string[]
  /** How cargo and maturin build, instead of the package's settings. */
  compilation?: Pick<BuildWheelOptions, 'profile' | 'features' | 'args' | 'strip'>
  /**
   * A command for the shell, run in the folder of each package before its build, and by root in a container. Default: the
   * package's.
   */
  beforeBuild?: string | undefined
  /** Image in which the packages of maturin are built; `{arch}` stands for the processor. Default: the package's, on Linux. */
  container?: string | undefined
  /** How the wheels get the libraries that they load. Default: the package's. */
  repair?: Repair | undefined
  /** false: wheels only. */
  sdist?: boolean
  /** Takes the file name of each wheel, and how long it was built, in milliseconds. */
  onBuilt?: (filename: string, milliseconds: number) => void
}

/** Paths of one package's built files. */
export interface Built {
  wheels: string[]
  sdist: string | null
}
