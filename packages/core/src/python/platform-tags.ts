import known from './data/platform-tags.json' with { type: 'json' }

const EXACT: ReadonlySet<string> = new Set(known.exact)

function oneOf(processors: readonly string[]): string {
  return `(?:${processors.join('|')})`
}

/** Tags with a version. */
const PATTERNS = [
  new RegExp(String.raw`^manylinux_\d+_\d+_${oneOf(known.manylinux)}$`), // PEP 600
  new RegExp(String.raw`^musllinux_\d+_\d+_${oneOf(known.musllinux)}$`), // PEP 656
  new RegExp(String.raw`^macosx_(?:10_\d+|(?:${known.macosx.majors.join('|')})_0)_${oneOf(known.macosx.processors)}$`),
  new RegExp(String.raw`^ios_\d+_\d+_${oneOf(known.ios)}_(?:iphoneos|iphonesimulator)$`), // PEP 730
  new RegExp(String.raw`^android_\d+_${oneOf(known.android)}$`), // PEP 738
  /^pyemscripten_\d+_\d+_wasm32$/, // PEP 783
]

/**
 * Whether PyPI accepts wheels with this platform tag (warehouse, `_valid_platform_tag`). It refuses `linux_x86_64`, which
 * says nothing about libc, and macOS versions that its list does not have yet.
 */
export function acceptedByPyPI(tag: string): boolean {
  return EXACT.has(tag) || PATTERNS.some((each) => each.test(tag))
}

/** The day of the list of platforms. */
export const PLATFORMS_KNOWN_ON = known.date

/** Whether a tag is for a macOS newer than all on the list, which PyPI may have accepted since. */
export function isNewerMacos(tag: string): boolean {
  const major = Number(/^macosx_(\d+)_0_/.exec(tag)?.[1] ?? 0)
  return major > Math.max(...known.macosx.majors)
}

/** Returns what to do about a platform tag that PyPI refuses, by the system that the tag is for. */
export function platformHint(tag: string): string {
  const [system = ''] = tag.split('_')
  if (system === 'linux')
    return 'Build it for manylinux or musllinux: with cibuildwheel, or with `maturin build --zig --compatibility manylinux_2_17`.'
  if (/^(?:many|musl)linux/.test(system)) {
    const processors = system === 'musllinux' ? known.musllinux : known.manylinux
    return `Use \`manylinux_2_17_x86_64\` or \`musllinux_1_2_x86_64\`, or one of the processors ${processors.join(', ')}.`
  }
  if (system.startsWith('win')) return 'Use `win_amd64`, `win_arm64` or `win32`, which Python gives by itself.'
  if (system === 'macosx') {
    const majors = known.macosx.majors.map((each) => `${each}_0`).join(', ')
    return `Use macosx_10_N, or one of ${majors}: set MACOSX_DEPLOYMENT_TARGET, for example to 11.0, and build again.`
  }
  return 'Build it for a platform of the specification "Platform compatibility tags".'
}
