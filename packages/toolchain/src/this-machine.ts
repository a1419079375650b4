import { machine } from 'node:os'
import { isNewer, parsePlatform } from '@slipway/core/python/platform'

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

/** The names of systems and processors in platform tags, by those of machines where they differ. */
const SYSTEM_TAGS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macos', win32: 'windows' }
const WINDOWS: Record<string, string> = { x86_64: 'win_amd64', arm64: 'win_arm64', i686: 'win32' }

/**
 * Whether a wheel with this platform tag runs on a machine (PyPA specification "Platform compatibility tags"). The version of
 * macOS or musl is left to pip.
 */
export function runsOn(tag: string, { system, processor, glibc }: Machine): boolean {
  if (tag === 'any') return true
  const platform = parsePlatform(tag)
  const own = system === 'win32' ? WINDOWS[processor] : processor
  if (platform === null || own === undefined || !platform.machines.includes(own)) return false
  switch (platform.system) {
    case 'manylinux':
      return system === 'linux' && glibc !== null && !isNewer(platform.version ?? '', glibc)
    case 'musllinux':
      return system === 'linux' && glibc === null
    default:
      return platform.system === (SYSTEM_TAGS[system] ?? system)
  }
}
