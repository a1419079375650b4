import type { VersionPlace } from '@slipway/core/plan'

const LITERAL = /^(?!\s*\/\/)(.*\.add\(\s*"__version__"\s*,\s*)"([^"\n]*)"/gm

/** The versions that a Rust file of an extension module adds as literals: `m.add("__version__", "…")`. `env!(…)` is none. */
export function rustVersions(file: string, text: string): VersionPlace[] {
  return [...text.matchAll(LITERAL)].map((match) => ({
    file,
    line: text.slice(0, match.index + (match[1] ?? '').length).split('\n').length,
    value: match[2] ?? '',
  }))
}
