import type { Crate } from '../cargo/crate.ts'
import type { PythonPackage } from './package.ts'

/**
 * Returns the bindings that maturin builds: those of `[tool.maturin]`, else those it derives from the crate (maturin's
 * guide, "Bindings"): an extension module if the crate needs PyO3 or UniFFI or builds a C library, else a program. Null
 * for another backend, or without a crate.
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
