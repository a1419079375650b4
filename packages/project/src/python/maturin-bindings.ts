import type { Crate } from '../cargo/crate.ts'
import type { PythonPackage } from './package.ts'

/**
 * What maturin builds into a package's wheel: what `[tool.maturin]` says, else what it finds out itself by the crate
 * (maturin's guide, "Bindings"): an extension module where PyO3 or UniFFI is needed, or a C library is built; else a
 * program. Null for a package of another backend, or without its crate.
 */
export function bindingsOf({ maturin }: Pick<PythonPackage, 'maturin'>, crate: Crate | undefined): string | null {
  if (!maturin || maturin.bindings !== null) return maturin?.bindings ?? null
  if (!crate) return null
  const needs = (...names: string[]) =>
    crate.dependencies.some((each) => each.kind === 'normal' && names.includes(each.name))
  if (needs('pyo3', 'pyo3-ffi')) return 'pyo3'
  if (needs('uniffi')) return 'uniffi'
  return crate.isExtension ? 'cffi' : 'bin'
}
