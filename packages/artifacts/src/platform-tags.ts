/** Tags without a version that PyPI accepts; from the source of its upload endpoint (warehouse, 2026). */
const EXACT = new Set([
  'any',
  'win32',
  'win_amd64',
  'win_arm64',
  'win_ia64',
  'linux_armv6l',
  'linux_armv7l',
  ...['x86_64', 'i686'].flatMap((arch) => [`manylinux1_${arch}`, `manylinux2010_${arch}`]),
  ...['x86_64', 'i686', 'aarch64', 'armv7l', 'ppc64', 'ppc64le', 's390x'].map((arch) => `manylinux2014_${arch}`),
])

const LINUX = 'x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64'
const MACOS = 'ppc|ppc64|i386|x86_64|arm64|intel|fat|fat3|fat64|universal|universal2'

/** Tags with a version. macOS skipped from 15 to 26; later versions are assumed to be accepted. */
const PATTERNS = [
  new RegExp(`^manylinux_\\d+_\\d+_(${LINUX}|ppc64)$`), // PEP 600
  new RegExp(`^musllinux_\\d+_\\d+_(${LINUX})$`), // PEP 656
  new RegExp(`^macosx_(10_\\d+|(1[1-5]|2[6-9]|[3-9]\\d)_0)_(${MACOS})$`),
  /^ios_\d+_\d+_(arm64|x86_64)_(iphoneos|iphonesimulator)$/, // PEP 730
  /^android_\d+_(armeabi_v7a|arm64_v8a|x86|x86_64)$/, // PEP 738
  /^pyemscripten_\d+_\d+_wasm32$/, // PEP 783
]

/** Whether PyPI accepts wheels with this platform tag. It refuses `linux_x86_64`, which says nothing about libc. */
export function acceptedByPyPI(tag: string): boolean {
  return EXACT.has(tag) || PATTERNS.some((each) => each.test(tag))
}
