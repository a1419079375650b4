import type { PackageBuild } from '@slipway/core/package-build'
import { linuxProcessor } from '@slipway/core/python/platform'
import runners from './runners.json' with { type: 'json' }

/** The place and way to build the wheels of a target. */
export interface Target {
  /** Label of a GitHub-hosted runner, with the target's own processor if there is one, so that the wheel can run there. */
  runner: string
  /** Platform tag of its wheel on Linux; empty elsewhere. */
  manylinux: string
}

/** Platform tag of Linux wheels: glibc 2.17 is the oldest that Rust's targets support (the rustc book, "Platform support"; PEP 600). */
const MANYLINUX = 'manylinux_2_17'

/** Platform tag of Linux wheels for POWER, since zig has no glibc 2.17 for it. */
const POWER = 'manylinux_2_28'

/** Platform tag of Linux wheels for RISC-V: the oldest glibc that Rust's target supports is 2.29, and PyPI's wheels name 2.31. */
const RISCV = 'manylinux_2_31'

/** Platform tag of wheels for musl: 1.2 is the version of all maintained releases of Alpine, and of Rust's targets (PEP 656). */
const MUSLLINUX = 'musllinux_1_2'

const { targets } = runners

/** The target triples that wheels can be built for, with the runners of `runners.json`. */
export const TARGETS = {
  'x86_64-unknown-linux-gnu': { runner: targets['x86_64-unknown-linux-gnu'], manylinux: MANYLINUX },
  'aarch64-unknown-linux-gnu': { runner: targets['aarch64-unknown-linux-gnu'], manylinux: MANYLINUX },
  'i686-unknown-linux-gnu': { runner: targets['i686-unknown-linux-gnu'], manylinux: MANYLINUX },
  'armv7-unknown-linux-gnueabihf': { runner: targets['armv7-unknown-linux-gnueabihf'], manylinux: MANYLINUX },
  'powerpc64le-unknown-linux-gnu': { runner: targets['powerpc64le-unknown-linux-gnu'], manylinux: POWER },
  's390x-unknown-linux-gnu': { runner: targets['s390x-unknown-linux-gnu'], manylinux: MANYLINUX },
  'riscv64gc-unknown-linux-gnu': { runner: targets['riscv64gc-unknown-linux-gnu'], manylinux: RISCV },
  'x86_64-unknown-linux-musl': { runner: targets['x86_64-unknown-linux-musl'], manylinux: MUSLLINUX },
  'aarch64-unknown-linux-musl': { runner: targets['aarch64-unknown-linux-musl'], manylinux: MUSLLINUX },
  'i686-unknown-linux-musl': { runner: targets['i686-unknown-linux-musl'], manylinux: MUSLLINUX },
  'armv7-unknown-linux-musleabihf': { runner: targets['armv7-unknown-linux-musleabihf'], manylinux: MUSLLINUX },
  'x86_64-apple-darwin': { runner: targets['x86_64-apple-darwin'], manylinux: '' },
  'aarch64-apple-darwin': { runner: targets['aarch64-apple-darwin'], manylinux: '' },
  'universal2-apple-darwin': { runner: targets['universal2-apple-darwin'], manylinux: '' },
  'x86_64-pc-windows-msvc': { runner: targets['x86_64-pc-windows-msvc'], manylinux: '' },
  'aarch64-pc-windows-msvc': { runner: targets['aarch64-pc-windows-msvc'], manylinux: '' },
} as const satisfies Record<string, Target>

/** Label of the runner that builds pure Python packages. */
export const RUNNER_OF_PURE: string = runners.any

/** A target that wheels can be built for. */
export type TargetTriple = keyof typeof TARGETS

/** The targets that most projects build for. */
export const DEFAULT_TARGETS: readonly TargetTriple[] = [
  'x86_64-unknown-linux-gnu',
  'x86_64-apple-darwin',
  'aarch64-apple-darwin',
  'x86_64-pc-windows-msvc',
]

/** Returns the platform tag for a target that Slipway plans no job for. */
function tagOfOther(target: string): string {
  if (target.includes('-linux-musl')) return MUSLLINUX
  return target === '' || target.includes('-linux-') ? MANYLINUX : ''
}

/**
 * Returns the platform tag of a package's wheel on Linux.
 * @param target Rust's triple; empty for a Linux machine's own
 * @returns empty for other systems, and for a container without a tag in the settings: its libraries decide
 */
export function platformTagFor(target: string, { manylinux, container }: PackageBuild = {}): string {
  const own = (TARGETS as Record<string, Target>)[target]?.manylinux ?? tagOfOther(target)
  if (!own.startsWith('manylinux')) return own
  return manylinux ?? (container === undefined ? own : '')
}

/**
 * Returns the image in which a package's wheel is built; null outside of containers, as for other systems and musl.
 * @param target Rust's triple; empty for a Linux machine's own
 * @param machine the processor of this machine, as in platform tags, if there is no target
 */
export function containerFor(target: string, { container }: PackageBuild = {}, machine = ''): string | null {
  if (container === undefined || !platformTagFor(target).startsWith('manylinux')) return null
  return imageFor(container, target, machine)
}

/** Fills the processor of a target, or else of this machine, into an image's name. */
export function imageFor(image: string, target: string, machine: string): string {
  return image.replaceAll('{arch}', target === '' ? machine : linuxProcessor(target))
}

/**
 * Returns the targets with one wheel of macOS for both processors instead of one for each; without targets, on macOS only that
 * one. Other systems stay as they are, so that every job of a matrix can ask for it.
 */
export function universal2(targets: readonly string[], platform: NodeJS.Platform): string[] {
  const both: TargetTriple = 'universal2-apple-darwin'
  if (targets.length === 0) return platform === 'darwin' ? [both] : []
  return [...new Set(targets.map((each) => (each.endsWith('-apple-darwin') ? both : each)))]
}
