import type { Problem, Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import type { TomlKey } from '@slipway/documents/toml'
import type { ReadToml } from '../cargo/crate.ts'
import { Reading } from './reading.ts'
import { table } from './shape.ts'
import { SPEC } from './spec.ts'

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

/** The settings of a project that has no `slipway.toml`. */
export const DEFAULT_SETTINGS: Settings = Object.fromEntries(
  Object.entries(SPEC).map(([name, { fallback }]) => [name, fallback]),
) as unknown as Settings

/** The settings of a project, and where each stands. */
export interface ReadSettings {
  settings: Settings
  problems: Problem[]
  /** The line of a setting, by its keys as written: `where('crates', 'demo')`. */
  where(...path: TomlKey[]): Where
}

/**
 * Reads `slipway.toml`. What is wrong in it is told, each with its line, and left out: unknown keys
 * (`settings-unknown-key`), missing ones (`settings-key-missing`), wrong types (`settings-wrong-type`) and values
 * (`settings-bad-value`).
 * @param read tells itself what is no TOML
 */
export async function readSettings(folder: Folder, read: ReadToml): Promise<ReadSettings> {
  const there = (await folder.files()).includes(SETTINGS_FILE)
  const document = there ? await read(SETTINGS_FILE) : null
  if (!document) return { settings: DEFAULT_SETTINGS, problems: [], where: () => ({ file: SETTINGS_FILE, line: 1 }) }
  const problems: Problem[] = []
  const settings = table<Settings>(SPEC).read(new Reading(document, [], problems)) ?? DEFAULT_SETTINGS
  return { settings, problems, where: (...path) => document.where(...path) }
}
