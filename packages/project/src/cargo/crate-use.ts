import { folderOf } from '@slipway/documents/paths'
import type { PythonPackage } from '../python/package.ts'
import type { Crate } from './crate.ts'
import { fieldOf } from './field.ts'

/** Whether a crate has a normal dependency of a name. */
function dependsOn({ dependencies }: Crate, name: string): boolean {
  return dependencies.some((each) => each.name === name)
}

/** Returns the reason if a crate is a Python extension module, with its package if known; null if it is not. */
function whyExtension(crate: Crate, packages: readonly Pick<PythonPackage, 'name' | 'maturin'>[]): string | null {
  if (!crate.isExtension) return null
  const into = packages.find(({ maturin }) => maturin && folderOf(maturin.manifest) === crate.path)
  if (into) return `It is the extension module of the Python package ${into.name}, whose wheels contain it.`
  return dependsOn(crate, 'pyo3') ? 'It is a Python extension module (a cdylib with PyO3).' : null
}

/** Returns why no Rust program can depend on a crate; null if one can. */
function whyForeign(crate: Crate): string | null {
  if (!crate.isForeign) return null
  const what = dependsOn(crate, 'wasm-bindgen') ? 'a WebAssembly module' : 'a C library'
  return `It builds only ${what} (its \`crate-type\`), so no Rust program can depend on it.`
}

/**
 * Returns why a crate is of no use to Rust programs, so that it is published only by name: it is a Python extension
 * module, or builds only libraries for other languages. Null for any other crate.
 */
export function whyNotForRust(
  crate: Crate,
  packages: readonly Pick<PythonPackage, 'name' | 'maturin'>[],
): string | null {
  return whyExtension(crate, packages) ?? whyForeign(crate)
}

/** Whether a crate has the metadata that crates.io requires (the Cargo book, "Before publishing a new crate"). */
export function isDescribed(crate: Crate): boolean {
  const has = (key: string) => fieldOf(crate, key).value !== undefined
  return has('description') && (has('license') || has('license-file'))
}

/**
 * Whether a crate that is not for Rust programs may be on a registry already. A library for other languages without the
 * required metadata is not: a crate of its name there is somebody else's.
 */
export function mayBePublished(crate: Crate, packages: readonly Pick<PythonPackage, 'name' | 'maturin'>[]): boolean {
  return whyExtension(crate, packages) !== null || (crate.isForeign && isDescribed(crate))
}
