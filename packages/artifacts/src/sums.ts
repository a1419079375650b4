import type { Artifact } from '@slipway/core/artifact'

/** Returns a SHA256SUMS file for `sha256sum --check` of GNU coreutils: digest, two blanks, name; sorted by name. */
export function sha256sums(artifacts: readonly Pick<Artifact, 'filename' | 'sha256'>[]): string {
  const lines = artifacts.map(({ filename, sha256 }) => ({ filename, line: `${sha256}  ${filename}\n` }))
  lines.sort((a, b) => (a.filename < b.filename ? -1 : 1))
  return lines.map((each) => each.line).join('')
}
