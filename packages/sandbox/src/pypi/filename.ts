import { normalizedName, normalizedVersion } from './version.ts'

/** The parts of a distribution's file name. */
export interface DistributionName {
  kind: 'bdist_wheel' | 'sdist'
  /** As spelled in the file name. */
  distribution: string
  /** As spelled in the file name. */
  version: string
  /** The wheel's tags, separated by dots in the name; empty for an sdist. */
  pythons: string[]
  platforms: string[]
}

/**
 * Reads a file name (binary distribution format and source distribution format of the PyPA specifications; PEP 427, PEP
 * 491, PEP 625). Returns a message if it is invalid.
 */
export function parseFilename(filename: string): DistributionName | string {
  if (filename.endsWith('.whl')) {
    const parts = filename.slice(0, -'.whl'.length).split('-')
    if (parts.length !== 5 && parts.length !== 6) {
      return `Invalid wheel filename (wrong number of parts): '${filename}'`
    }
    const [distribution = '', version = ''] = parts
    const [python = '', abi = '', platform = ''] = parts.slice(-3)
    if (!/^[\w.]+$/.test(distribution) || distribution.includes('__')) return `Invalid project name: '${filename}'`
    if (normalizedVersion(version) === null) return `Invalid wheel filename (invalid version): '${filename}'`
    if (parts.length === 6 && !/^\d/.test(parts[2] ?? '')) return `Invalid build number: ${parts[2]} in '${filename}'`
    if ([python, abi, platform].some((each) => each.split('.').includes('')))
      return `Invalid wheel filename (empty tag): '${filename}'`
    return { kind: 'bdist_wheel', distribution, version, pythons: python.split('.'), platforms: platform.split('.') }
  }
  if (filename.endsWith('.tar.gz')) {
    const match = /^(.+)-([^-]+)$/.exec(filename.slice(0, -'.tar.gz'.length))
    if (!match?.[1] || !match[2]) return `Invalid source distribution filename: ${filename}`
    if (normalizedVersion(match[2]) === null) return `Invalid source distribution filename: ${filename}`
    return { kind: 'sdist', distribution: match[1], version: match[2], pythons: [], platforms: [] }
  }
  return 'Invalid file extension: Use .tar.gz, .whl or .zip extension.'
}

/** Returns the first part of a file name for a project (PEP 625 and the wheel format: normalized, `_` for `-`). */
export function distributionPart(name: string): string {
  return normalizedName(name).replaceAll('-', '_')
}

const JOINT = 'x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64'
const MACOS = 'ppc|ppc64|i386|x86_64|arm64|intel|fat|fat3|fat64|universal|universal2'

/** Platform tags that PyPI accepts (warehouse, `_valid_platform_tag`, 2026-08; PEP 600, 656, 730, 738, 783). */
const PLATFORMS = [
  /^any$/,
  /^(win32|win_amd64|win_arm64|win_ia64)$/,
  /^manylinux(1_(x86_64|i686)|2010_(x86_64|i686)|2014_(x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x))$/,
  new RegExp(`^manylinux_\\d+_\\d+_(${JOINT}|ppc64)$`),
  new RegExp(`^musllinux_\\d+_\\d+_(${JOINT})$`),
  /^linux_armv[67]l$/,
  new RegExp(`^macosx_(10_\\d+|(1[1-5]|26)_0)_(${MACOS})$`),
  /^ios_\d+_\d+_(arm64|x86_64)_(iphoneos|iphonesimulator)$/,
  /^android_\d+_(armeabi_v7a|arm64_v8a|x86|x86_64)$/,
  /^pyemscripten_\d+_\d+_wasm32$/,
]

/** Whether PyPI accepts wheels with this platform tag; it refuses a plain `linux_x86_64`. */
export function isPlatformAllowed(tag: string): boolean {
  return PLATFORMS.some((each) => each.test(tag))
}
