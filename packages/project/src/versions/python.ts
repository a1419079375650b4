import type { VersionPlace } from '@slipway/core/plan'

const LITERAL = /^__version__\s*(?::[^=\n]+)?=\s*(?:"([^"\n]*)"|'([^'\n]*)')/gm

/** The `__version__ = "…"` literals of a Python file. A value that is computed or imported is none. */
export function pythonVersions(file: string, text: string): VersionPlace[] {
  return [...text.matchAll(LITERAL)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    value: match[1] ?? match[2] ?? '',
  }))
}
