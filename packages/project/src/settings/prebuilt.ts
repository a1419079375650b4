import { wrongPath } from './path.ts'

/** A pattern of the files that another job builds. */
export interface PrebuiltGlob {
  /** Relative to the project: `wheelhouse/*.whl`. */
  glob: string
  kind: 'wheel' | 'sdist'
  /** The name at the beginning of its file names; null for any name. */
  distribution: string | null
}

const GLOB = /^(?:.*\/)?(?:\*[^/]*|(?<distribution>\w[\w.]*)-[^/]*)\.(?<suffix>whl|tar\.gz)$/

/**
 * Parses a pattern of wheels or sdists, whose file names begin with `*` or with a name and `-` (PyPA specifications "Binary
 * distribution format" and "Source distribution format": no name there has a `-`). Returns null for any other pattern.
 */
export function parsePrebuiltGlob(glob: string): PrebuiltGlob | null {
  const parts = GLOB.exec(glob)?.groups
  return parts
    ? { glob, kind: parts.suffix === 'whl' ? 'wheel' : 'sdist', distribution: parts.distribution ?? null }
    : null
}

/** The allowed patterns, for people. */
export const PREBUILT_GLOB = 'a pattern as in `wheelhouse/*.whl` or `wheelhouse/NAME-*.whl`'

/** Returns why a pattern of prebuilt files is not allowed; null if it is. */
export function wrongPrebuiltGlob(glob: string): string | null {
  const wrong = wrongPath(glob)
  if (wrong !== null || parsePrebuiltGlob(glob)) return wrong
  if (!/\.(?:whl|tar\.gz)$/.test(glob)) return 'does not end in `.whl` or `.tar.gz`'
  return 'has a file name that begins neither with `*` nor with the name of a package and `-`'
}
