import type { Crate } from './crate.ts'
import { fieldOf } from './field.ts'

/** Returns the major and minor number of a Rust version as one comparable number; null for no version. */
export function minorOf(version: unknown): number | null {
  const [, major, minor] = /^v?(\d{1,4})\.(\d{1,4})(?:\.|-|$)/.exec(String(version)) ?? []
  return minor === undefined ? null : Number(major) * 10_000 + Number(minor)
}

/** Returns a version's patch number, 0 without one. */
function patchOf(version: string): number {
  return Number(/^v?\d+\.\d+\.(\d{1,4})/.exec(version)?.[1] ?? 0)
}

/**
 * Returns the highest `rust-version` of crates, as its author spells it (the Cargo book, "The `rust-version` field"); null when
 * none of them has one.
 */
export function highestRustVersion(crates: readonly Crate[]): string | null {
  const versions = crates.flatMap((crate) => {
    const { value } = fieldOf(crate, 'rust-version')
    return typeof value === 'string' && minorOf(value) !== null ? [value] : []
  })
  const order = (a: string, b: string) => (minorOf(a) ?? 0) - (minorOf(b) ?? 0) || patchOf(a) - patchOf(b)
  return versions.sort(order).at(-1) ?? null
}
