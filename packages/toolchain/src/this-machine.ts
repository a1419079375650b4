import { machine } from 'node:os'

/** What decides which wheels run on a machine. */
export interface Machine {
  system: NodeJS.Platform
  /** As `uname -m` says: `x86_64`, `aarch64`, `arm64`. */
  processor: string
  /** Version of glibc, `2.36`; null with another libc. */
  glibc: string | null
}

/** Returns this machine. */
export function thisMachine(): Machine {
  // Without this, the report looks up the names of network peers.
  const report = Object.assign(process.report, { excludeNetwork: true })
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } }
  return { system: process.platform, processor: machine(), glibc: header.glibcVersionRuntime ?? null }
}

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }

/** Returns the name of a machine for people: `Linux x86_64`. */
export function machineName({ system, processor }: Machine): string {
  return `${SYSTEMS[system] ?? system} ${processor}`
}

/** glibc's minor versions of the tags without a version (PEPs 513, 571 and 599). */
const NAMED_MANYLINUX: Record<string, number> = { 1: 5, 2010: 12, 2014: 17 }

/** The names of processors in tags for Windows. */
const WINDOWS: Record<string, string> = { win_amd64: 'x86_64', win_arm64: 'arm64', win32: 'i686' }

/**
 * Whether a wheel with this platform tag runs on a machine (PyPA specification "Platform compatibility tags"; PEP 600 for
 * manylinux, PEP 656 for musllinux). The version of macOS or musl is left to pip.
 */
export function runsOn(tag: string, { system, processor, glibc }: Machine): boolean {
  if (tag === 'any') return true
  const [, many, minor, of] = /^(?:manylinux(1|2010|2014|_2_(\d+))|musllinux_\d+_\d+|linux)_(.+)$/.exec(tag) ?? []
  if (of !== undefined) {
    if (system !== 'linux' || of !== processor) return false
    if (many !== undefined)
      return glibc !== null && Number(glibc.split('.')[1]) >= Number(minor ?? NAMED_MANYLINUX[many])
    return tag.startsWith('linux') || glibc === null
  }
  const [, mac] = /^macosx_\d+_\d+_(.+)$/.exec(tag) ?? []
  if (mac !== undefined) return system === 'darwin' && (mac === processor || mac === 'universal2')
  return system === 'win32' && WINDOWS[tag] === processor
}
