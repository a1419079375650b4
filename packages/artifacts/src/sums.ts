import type { Artifact } from '@slipway/core/artifact'

/** A SHA256SUMS file, as `sha256sum --check` of GNU coreutils reads it: digest, two blanks, name; sorted by name. */
export function sha256sums(artifacts: readonly Pick<Artifact, 'filename' | 'sha256'>[]): string {
  const lines = artifacts.map(({ filename, sha256 }) => ({ filename, line: `${sha256}  ${filename}\n` }))
  lines.sort((a, b) => (a.filename < b.filename ? -1 : 1))
  return lines.map((each) => each.line).join('')
}
