/** The systems that a platform tag promises. */
export interface Platform {
  tag: string
  system: 'manylinux' | 'musllinux' | 'linux' | 'windows' | 'macos'
  /** The oldest glibc, musl or macOS; null for the other systems. */
  version: string | null
  /** Every processor that it promises, spelt as in tags; a Windows tag is itself the name. */
  machines: string[]
}

/** The names of the first manylinux platforms (PEP 600, "Legacy manylinux tags"). */
const LEGACY: Record<string, string> = { '1': '2.5', '2010': '2.12', '2014': '2.17' }

/** Processors of macOS's tags that are still built for; others are not read. */
const MACOS: Record<string, string[]> = { x86_64: ['x86_64'], arm64: ['arm64'], universal2: ['x86_64', 'arm64'] }

/**
 * Parses a platform tag of Linux, Windows or macOS (PyPA specification "Platform compatibility tags"; PEP 600, PEP 656).
 * Returns null for other systems and for processors that macOS no longer has.
 */
export function parsePlatform(tag: string): Platform | null {
  if (/^win(?:32|_amd64|_arm64)$/.test(tag)) return { tag, system: 'windows', version: null, machines: [tag] }
  const [, libc, major, minor, legacy = '', processor = ''] =
    /^(?:(manylinux|musllinux)_(\d+)_(\d+)|manylinux(1|2010|2014))_(\w+)$/.exec(tag) ?? []
  if (libc) return { tag, system: libc as 'manylinux', version: `${major}.${minor}`, machines: [processor] }
  if (legacy) return { tag, system: 'manylinux', version: LEGACY[legacy] ?? null, machines: [processor] }
  const [, macMajor, macMinor, kind = ''] = /^macosx_(\d+)_(\d+)_(\w+)$/.exec(tag) ?? []
  const machines = MACOS[kind]
  if (machines) return { tag, system: 'macos', version: `${macMajor}.${macMinor}`, machines }
  const [, plain] = /^linux_(\w+)$/.exec(tag) ?? []
  // The header of a native file does not tell one ARM of 32 bits from another.
  return plain ? { tag, system: 'linux', version: null, machines: [plain.replace('armv6l', 'armv7l')] } : null
}

/** Completes a platform tag that people write without its first word: `manylinux_2_28` for `2_28`. */
export function linuxTag(text: string): string {
  return /^\d/.test(text) ? `manylinux${text.includes('_') ? '_' : ''}${text}` : text
}

/** The processors that platform tags of Linux spell in another way than Rust's target triples. */
const PROCESSORS: Record<string, string> = { armv7: 'armv7l', powerpc64le: 'ppc64le', riscv64gc: 'riscv64' }

/** Returns the processor in platform tags of Linux for one of Rust's target triples: `armv7l` for `armv7-…`. */
export function linuxProcessor(target: string): string {
  const [processor = ''] = target.split('-')
  return PROCESSORS[processor] ?? processor
}

/** Whether a version of two numbers, `2.28`, is newer than another. */
export function isNewer(version: string, than: string): boolean {
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [version, than].map((each) =>
    each.split('.').map(Number),
  ) as [number[], number[]]
  return major === otherMajor ? minor > otherMinor : major > otherMajor
}
