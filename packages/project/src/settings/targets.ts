import runners from './runners.json' with { type: 'json' }

/** Where and how wheels of a target are built. */
export interface Target {
  /** Label of a runner that GitHub hosts, with the target's own processor, so that its wheel can be tried there. */
  runner: string
  /** Platform tag that its wheel aims at on Linux; empty elsewhere. */
  manylinux: string
}

/** Platform tag of Linux wheels: glibc 2.17 is the oldest that Rust's targets run on (the rustc book, "Platform support"; PEP 600). */
const MANYLINUX = 'manylinux_2_17'

const { targets } = runners

/** Rust's target triples that wheels are built for, on the runners of `runners.json`. */
export const TARGETS = {
  'x86_64-unknown-linux-gnu': { runner: targets['x86_64-unknown-linux-gnu'], manylinux: MANYLINUX },
  'aarch64-unknown-linux-gnu': { runner: targets['aarch64-unknown-linux-gnu'], manylinux: MANYLINUX },
  'x86_64-apple-darwin': { runner: targets['x86_64-apple-darwin'], manylinux: '' },
  'aarch64-apple-darwin': { runner: targets['aarch64-apple-darwin'], manylinux: '' },
  'universal2-apple-darwin': { runner: targets['universal2-apple-darwin'], manylinux: '' },
  'x86_64-pc-windows-msvc': { runner: targets['x86_64-pc-windows-msvc'], manylinux: '' },
  'aarch64-pc-windows-msvc': { runner: targets['aarch64-pc-windows-msvc'], manylinux: '' },
} as const satisfies Record<string, Target>

/** What builds a package of Python alone, whose wheel is for any platform. */
export const ANY_PLATFORM: Target = { runner: runners.any, manylinux: '' }

/** A target that wheels are built for. */
export type TargetTriple = keyof typeof TARGETS

/** Those that most projects build for. */
export const DEFAULT_TARGETS: readonly TargetTriple[] = [
  'x86_64-unknown-linux-gnu',
  'x86_64-apple-darwin',
  'aarch64-apple-darwin',
  'x86_64-pc-windows-msvc',
]
