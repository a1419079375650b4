import type { Where } from '@slipway/core/problem'
import { folderOf, join } from '@slipway/documents/paths'
import type { TomlKey } from '@slipway/documents/toml'
import type { Crate } from './crate.ts'

/** A field of `[package]`, from the workspace where it says so (the Cargo book, "The package table"). */
export interface Field {
  value: unknown
  /** Folder that a path in it is relative to, relative to the project. */
  folder: string
  /** Where it stands, or a part of it; the package's name where there is none. */
  where(...inner: TomlKey[]): Where
}

/** Reads a field of a crate's `[package]`. */
export function fieldOf({ manifest, workspace }: Crate, key: string): Field {
  const inherits = manifest.get('package', key, 'workspace') === true
  const from = inherits ? workspace : manifest
  const path = inherits ? ['workspace', 'package', key] : ['package', key]
  const value = from.get(...path)
  return {
    value,
    folder: folderOf(from.file),
    where: (...inner) => (value === undefined ? manifest.where('package', 'name') : from.where(...path, ...inner)),
  }
}

/** The file that a field names, relative to the project; null when it names none, or one outside of the project. */
export function fileIn({ value, folder }: Pick<Field, 'value' | 'folder'>): string | null {
  if (typeof value !== 'string' || value === '' || value.startsWith('/')) return null
  const file = join(folder, value)
  return file === '..' || file.startsWith('../') ? null : file
}
