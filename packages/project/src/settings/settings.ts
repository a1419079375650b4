import type { EmulatorName } from '@slipway/core/emulators'
import type { Repair } from '@slipway/core/repair'
import type { Strategy } from '@slipway/core/strategy'

/** Crates and Python packages that share one version and are released together. */
export interface VersionGroup {
  name: string
  /** Globs over names. */
  members: string[]
  /** Pattern of its tags; null for `NAME-v{version}`. */
  tag: string | null
}

/** The settings of a Python package. Absent ones keep the default. */
export interface PackageSettings {
  publish?: boolean
  /** Versioned separately from the release. */
  version?: 'own'
  /** The import names that its wheel must provide. */
  imports?: string[]
  /** More CPythons that get a separate wheel: `3.14t`. */
  pythons?: string[]
  /** Platform tag of its Linux wheels with glibc, as written: `2_28`. */
  manylinux?: string
  /** Cargo's profile. */
  profile?: string
  /** Features of the crate beside those in pyproject.toml. */
  features?: string[]
  /** More arguments of `maturin build`, quoted as for a shell. `maturinArguments` splits them. */
  args?: string
  /** Whether symbols are removed. */
  strip?: boolean
  /** A command for the shell, run in the package's folder before its build. */
  beforeBuild?: string
  /** Image in which its Linux wheels with glibc are built; may contain `{arch}`. */
  container?: string
  /** How its wheels get the libraries that they load. */
  repair?: Repair
  /** Extras to install with its wheels for the test. */
  testExtras?: string[]
  /** Requirements to install beside them (PEP 508). */
  testRequires?: string[]
  /** A command for the shell that tests an installed wheel. */
  testCommand?: string
  /** The emulators that may execute its wheels. */
  testEmulators?: EmulatorName[]
}

/** The settings of `slipway.toml`, which override discovery. Paths are relative to the project. */
export interface Settings {
  /** Pattern of tags: `v{version}`, `{name}-v{version}`; null for the form of git's tags. */
  tag: string | null
  /** The changelog; null to find it. */
  changelog: string | null
  /** Globs over folders in which nothing is looked for. */
  exclude: string[]
  /** Globs over folders whose crates, packages and images may be released, even if the folder's name makes it internal. */
  include: string[]
  /** Globs over names: only crates and Python packages that one matches are published; null for no such list. */
  publish: string[] | null
  /** By crate. */
  crates: Record<
    string,
    {
      /** Whether it is published, whatever discovery finds. */
      publish?: boolean
      /** Versioned separately from the release. */
      version?: 'own'
    }
  >
  /** By Python package, as its author spells it. */
  packages: Record<string, PackageSettings>
  groups: VersionGroup[]
  /** The images; null to find them. */
  images:
    | {
        name: string
        file: string
        context: string
        target?: string
        /** Values may contain `{version}`. */
        buildArgs: Record<string, string>
        after?: 'pypi'
      }[]
    | null
  /** Rust's target triples to build wheels for. */
  targets: string[]
  /** Where the wheels are built. */
  strategy: Strategy
  /** Patterns of the wheels and sdists that another job builds. `parsePrebuiltGlob` reads them. */
  prebuilt: string[]
  /** More files with the version, at each occurrence of a pattern: literal text around `{version}` or parts of it. */
  versionFiles: { file: string; pattern: string }[]
  /** Template file of the release notes; null for the changelog's section. */
  notes: string | null
  /** Commands that must succeed before a release, in order. `splitCommand` splits them; no shell runs them. */
  gate: string[]
}

/** The file of the settings, at the top of a project. */
export const SETTINGS_FILE = 'slipway.toml'
