import { isVersion, type Place, placesIn } from '../version-place.ts'

const LITERAL = /^__version__[^\S\n]*(?::[^=\n]+)?=[^\S\n]*(?<quote>["'])(?<version>[^"'\n]*)\k<quote>/dgm

/** Returns the `__version__ = "…"` literals of a Python file that are versions, not computed or imported values. */
export function pythonVersions(file: string, text: string): Place[] {
  return placesIn(file, text, LITERAL, 'python').filter(isVersion)
}
