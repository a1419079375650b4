/** What a project says of its release in `slipway.toml`, in place of what is found. Paths are relative to the project. */
export interface Settings {
  /** Pattern of the tag: `v{version}`, `{name}-v{version}`. */
  tag: string
  /** The changelog's file; null to find it. */
  changelog: string | null
  /** By crate. */
  crates: Record<
    string,
    {
      /** Whether it is published though discovery says otherwise. */
      publish?: boolean
      /** A version of its own, not the release's. */
      version?: 'own'
    }
  >
  /** By Python package, as its author spells it. */
  packages: Record<
    string,
    {
      publish?: boolean
      /** A version of its own, not the release's. */
      version?: 'own'
      /** Names that its wheel must provide. */
      imports?: string[]
    }
  >
  /** In place of those that are found; null to find them. */
  images: { name: string; file: string; context: string; target?: string }[] | null
  /** Of wheels: Rust's target triples. */
  targets: string[]
  /** Further files that hold the version: each occurrence of the pattern, literal text around `{version}`. */
  versionFiles: { file: string; pattern: string }[]
  /** Template of the release's notes, a file; null for the changelog's section. */
  notes: string | null
  /** Commands that must succeed before a release, in order; `splitCommand` gives the words of each, no shell runs it. */
  gate: string[]
}

/** Where the settings stand, at the top of a project. */
export const SETTINGS_FILE = 'slipway.toml'
