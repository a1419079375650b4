import { type Place, placesIn } from '../version-place.ts'

const LITERAL = /^__version__[^\S\n]*(?::[^=\n]+)?=[^\S\n]*(?<quote>["'])(?<version>[^"'\n]*)\k<quote>/dgm

/** The `__version__ = "…"` literals of a Python file. A value that is computed or imported is none. */
export function pythonVersions(file: string, text: string): Place[] {
  return placesIn(file, text, LITERAL, 'python')
}
