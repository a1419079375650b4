import { folderOf } from '@slipway/documents/paths'
import type { PythonPackage } from '../python/package.ts'
import type { Crate } from './crate.ts'
import { fieldOf } from './field.ts'

/** Whether a crate has a normal dependency of a name. */
function needs({ dependencies }: Crate, name: string): boolean {
  return dependencies.some((each) => each.name === name)
}

/** Into which package a crate is built, or that it is an extension module at all; null when it is none. */
function extensionOf(crate: Crate, packages: readonly Pick<PythonPackage, 'name' | 'maturin'>[]): string | null {
  if (!crate.isExtension) return null
  const into = packages.find(({ maturin }) => maturin && folderOf(maturin.manifest) === crate.path)
  if (into) return `It is the extension module of the Python package ${into.name}, which its wheels hold.`
  return needs(crate, 'pyo3') ? 'It is an extension module of Python (a cdylib with PyO3).' : null
}

/** Why no Rust program can depend on a crate; null when one can. */
function foreignOf(crate: Crate): string | null {
  if (!crate.isForeign) return null
  const what = needs(crate, 'wasm-bindgen') ? 'a WebAssembly module' : 'a C library'
  return `It builds only ${what} (its \`crate-type\`), so no Rust program can depend on it.`
}

/**
 * Why a crate is of no use to Rust programs, so that it is published only by name: it is there to become a Python
 * extension module, or builds nothing but a library for other languages. Null for any other crate.
 */
export function onlyForOthers(
  crate: Crate,
  packages: readonly Pick<PythonPackage, 'name' | 'maturin'>[],
): string | null {
  return extensionOf(crate, packages) ?? foreignOf(crate)
}

/** Whether a crate says of itself what crates.io asks for (the Cargo book, "Before publishing a new crate"). */
export function isDescribed(crate: Crate): boolean {
  const has = (key: string) => fieldOf(crate, key).value !== undefined
  return has('description') && (has('license') || has('license-file'))
}

/**
 * Whether a crate that is only for others may be on a registry already. A library for other languages that says too
 * little for one is not: what has its name there is another's.
 */
export function mayBePublished(crate: Crate, packages: readonly Pick<PythonPackage, 'name' | 'maturin'>[]): boolean {
  return extensionOf(crate, packages) !== null || (crate.isForeign && isDescribed(crate))
}
