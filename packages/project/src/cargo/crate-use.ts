import { folderOf } from '@slipway/documents/paths'
import { internalFolder } from '../internal-folders.ts'
import type { PythonPackage } from '../python/package.ts'
import type { Crate } from './crate.ts'
import { fieldOf } from './field.ts'

/** Whether a crate has a normal dependency of a name. */
function dependsOn({ dependencies }: Crate, name: string): boolean {
  return dependencies.some((each) => each.name === name)
}

/** Whether a crate is a library for Rust although it is built as an extension module too: without PyO3, or for other crates. */
function isLibrary({ isLibraryToo, isNeeded, dependencies }: Crate): boolean {
  const pyo3 = dependencies.filter((each) => each.name === 'pyo3' && each.kind === 'normal')
  return isLibraryToo && (isNeeded === true || (pyo3.length > 0 && pyo3.every((each) => each.isOptional)))
}

/**
 * Returns the reason if a crate is a Python extension module and nothing else, with its package if known; null if it is
 * not.
 */
function whyExtension(crate: Crate, packages: readonly Pick<PythonPackage, 'name' | 'maturin'>[]): string | null {
  if (!crate.isExtension || isLibrary(crate)) return null
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
 * module, or builds only libraries for other languages. Null for any other crate, and for one that the project's own
 * workflows publish.
 */
export function whyNotForRust(
  crate: Crate,
  packages: readonly Pick<PythonPackage, 'name' | 'maturin'>[],
): string | null {
  return crate.isPublishedByWorkflow ? null : (whyExtension(crate, packages) ?? whyForeign(crate))
}

/**
 * Marks the extension modules that are also libraries for Rust and that a published crate needs: they have to be on the
 * registry too.
 */
export function withNeeds(
  crates: readonly Crate[],
  packages: readonly Pick<PythonPackage, 'name' | 'maturin'>[],
): Crate[] {
  const optional = new Map(
    crates
      .filter((each) => each.isLibraryToo && each.publish !== false && whyNotForRust(each, packages) !== null)
      .map((each) => [each.path, each]),
  )
  const queue = crates.filter(
    (each) => each.publish !== false && internalFolder(each.path) === null && whyNotForRust(each, packages) === null,
  )
  const needed = new Set<Crate>()
  for (const { dependencies } of queue) {
    for (const { path = '', kind, version } of dependencies) {
      // cargo strips dev-dependencies that have no version.
      const found = kind === 'dev' && version === undefined ? undefined : optional.get(path)
      if (!found || needed.has(found)) continue
      needed.add(found)
      queue.push(found)
    }
  }
  return crates.map((each) => (needed.has(each) ? { ...each, isNeeded: true } : each))
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
