import type { Problem, Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import type { ReadToml, TomlKey } from '@slipway/documents/toml'
import { Findings, Reading } from './reading.ts'
import { SETTINGS_FILE, type Settings } from './settings.ts'
import { table } from './shape.ts'
import { SPEC } from './spec.ts'

/** The settings of a project without `slipway.toml`. */
export const DEFAULT_SETTINGS: Settings = Object.fromEntries(
  Object.entries(SPEC).map(([name, { fallback }]) => [name, fallback]),
) as unknown as Settings

/** The settings of a project, with their lines. */
export interface ReadSettings {
  settings: Settings
  problems: Problem[]
  /** Returns the line of a setting, by its keys as written, and its place among the items read: `where('images', 0)`. */
  where(...path: TomlKey[]): Where
}

/**
 * Reads `slipway.toml`. Reports each mistake with its line and ignores the wrong setting: unknown keys
 * (`settings-unknown-key`), missing ones (`settings-key-missing`), wrong types (`settings-wrong-type`) and values
 * (`settings-bad-value`).
 * @param read reports a file that is not TOML
 */
export async function readSettings(folder: Folder, read: ReadToml): Promise<ReadSettings> {
  const exists = (await folder.allFiles()).includes(SETTINGS_FILE)
  const document = exists ? await read(SETTINGS_FILE) : null
  if (!document) return { settings: DEFAULT_SETTINGS, problems: [], where: () => ({ file: SETTINGS_FILE, line: 1 }) }
  const findings = new Findings()
  const settings = table<Settings>(SPEC).read(new Reading(document, [], findings)) ?? DEFAULT_SETTINGS
  return { settings, problems: findings.problems, where: (...path) => document.where(...findings.keysIn(path)) }
}
