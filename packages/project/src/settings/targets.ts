import runners from './runners.json' with { type: 'json' }

/** The place and way to build the wheels of a target. */
export interface Target {
  /** Label of a GitHub-hosted runner with the target's own processor, so that the wheel can be tested there. */
  runner: string
  /** Platform tag of its wheel on Linux; empty elsewhere. */
  manylinux: string
}

/** Platform tag of Linux wheels: glibc 2.17 is the oldest that Rust's targets support (the rustc book, "Platform support"; PEP 600). */
const MANYLINUX = 'manylinux_2_17'

const { targets } = runners

/** The target triples that wheels can be built for, with the runners of `runners.json`. */
export const TARGETS = {
  'x86_64-unknown-linux-gnu': { runner: targets['x86_64-unknown-linux-gnu'], manylinux: MANYLINUX },
  'aarch64-unknown-linux-gnu': { runner: targets['aarch64-unknown-linux-gnu'], manylinux: MANYLINUX },
  'x86_64-apple-darwin': { runner: targets['x86_64-apple-darwin'], manylinux: '' },
  'aarch64-apple-darwin': { runner: targets['aarch64-apple-darwin'], manylinux: '' },
  'universal2-apple-darwin': { runner: targets['universal2-apple-darwin'], manylinux: '' },
  'x86_64-pc-windows-msvc': { runner: targets['x86_64-pc-windows-msvc'], manylinux: '' },
  'aarch64-pc-windows-msvc': { runner: targets['aarch64-pc-windows-msvc'], manylinux: '' },
} as const satisfies Record<string, Target>

/** Builds a pure Python package, whose wheel is for any platform. */
export const ANY_PLATFORM: Target = { runner: runners.any, manylinux: '' }

/** A target that wheels can be built for. */
export type TargetTriple = keyof typeof TARGETS

/** The targets that most projects build for. */
export const DEFAULT_TARGETS: readonly TargetTriple[] = [
  'x86_64-unknown-linux-gnu',
  'x86_64-apple-darwin',
  'aarch64-apple-darwin',
  'x86_64-pc-windows-msvc',
]
