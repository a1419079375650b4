import type { Crate } from '../cargo/crate.ts'
import type { PythonPackage } from './package.ts'

/** An import name (`acme.demo` in a namespace package), with its `__init__.py` or module file; null for an extension module. */
export interface ImportName {
  name: string
  file: string | null
}

/** A Python package with facts from other files of the project. */
export interface DiscoveredPackage extends PythonPackage {
  /** The crate that its extension module is built from. */
  crate?: Crate
  /** Whether it is not part of this release because other tags release it. */
  isOfOtherTag?: true
  imports: ImportName[]
  /** Patterns of its wheels and sdists, which another job builds; absent if Slipway builds them. */
  prebuilt?: string[]
}
