/** Where and how wheels of a target are built. */
export interface Target {
  /** Label of a runner that GitHub hosts, with the target's own processor, so that its wheel can be tried there. */
  runner: string
  /** Platform tag that its wheel aims at on Linux; empty elsewhere. */
  manylinux: string
}

/**
 * Rust's target triples that wheels are built for. Labels: GitHub, "GitHub-hosted runners reference"; platform tags:
 * PEP 600, glibc 2.17 being the oldest that Rust's targets run on (the rustc book, "Platform support").
 */
export const TARGETS = {
  'x86_64-unknown-linux-gnu': { runner: 'ubuntu-latest', manylinux: 'manylinux_2_17' },
  'aarch64-unknown-linux-gnu': { runner: 'ubuntu-24.04-arm', manylinux: 'manylinux_2_17' },
  'x86_64-apple-darwin': { runner: 'macos-15-intel', manylinux: '' },
  'aarch64-apple-darwin': { runner: 'macos-latest', manylinux: '' },
  'universal2-apple-darwin': { runner: 'macos-latest', manylinux: '' },
  'x86_64-pc-windows-msvc': { runner: 'windows-latest', manylinux: '' },
  'aarch64-pc-windows-msvc': { runner: 'windows-11-arm', manylinux: '' },
} as const satisfies Record<string, Target>

/** A target that wheels are built for. */
export type TargetTriple = keyof typeof TARGETS

/** Those that most projects build for. */
export const DEFAULT_TARGETS: readonly TargetTriple[] = [
  'x86_64-unknown-linux-gnu',
  'x86_64-apple-darwin',
  'aarch64-apple-darwin',
  'x86_64-pc-windows-msvc',
]
