import type { Where } from '@slipway/core/problem'
import { folderOf, join } from '@slipway/documents/paths'
import type { TomlKey } from '@slipway/documents/toml'
import type { Crate } from './crate.ts'

/** A field of `[package]`, or of the workspace if inherited (the Cargo book, "The package table"). */
export interface Field {
  value: unknown
  /** The folder that paths in it are relative to, relative to the project. */
  folder: string
  /** Returns the line of the field or a part of it; of the package's name if there is no such field. */
  where(...inner: TomlKey[]): Where
}

/** Reads a field of a crate's `[package]`. */
export function fieldOf({ manifest, workspace }: Crate, key: string): Field {
  const inherits = manifest.get('package', key, 'workspace') === true
  const source = inherits ? workspace : manifest
  const path = inherits ? ['workspace', 'package', key] : ['package', key]
  const value = source.get(...path)
  return {
    value,
    folder: folderOf(source.file),
    where: (...inner) => (value === undefined ? manifest.where('package', 'name') : source.where(...path, ...inner)),
  }
}

/** Returns the file that a field names, relative to the project; null for none, and for one outside of the project. */
export function fileIn({ value, folder }: Pick<Field, 'value' | 'folder'>): string | null {
  if (typeof value !== 'string' || value === '' || value.startsWith('/')) return null
  const file = join(folder, value)
  return file === '..' || file.startsWith('../') ? null : file
}
