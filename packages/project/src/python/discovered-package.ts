import type { Crate } from '../cargo/crate.ts'
import type { PythonPackage } from './package.ts'

/** A name that can be imported, `acme.demo` in a namespace package, and the `__init__.py` or module behind it, if that is Python. */
export interface ImportName {
  name: string
  file: string | null
}

/** A Python package with what the project's other files tell of it. */
export interface DiscoveredPackage extends PythonPackage {
  /** The crate that its extension module is built from. */
  crate?: Crate
  imports: ImportName[]
}
