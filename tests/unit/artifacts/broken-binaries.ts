import { crc32 } from 'node:zlib'
import { zip } from './archives.ts'
import { type Broken, metadata, wheel } from './broken-files.ts'
import { MACHINES as ELF, type ElfParts, elf } from './elf-file.ts'
import { MACHINES as MACH, type MachOParts, machO, universal } from './macho-file.ts'
import { MACHINES as PE, type PeParts, pe } from './pe-file.ts'

type Files = Record<string, string | Buffer | null>

const INFO = 'demo_pkg-1.0.0.dist-info'
const SCRIPTS = 'demo_pkg-1.0.0.data/scripts'

const LINUX = 'cp312-cp312-manylinux_2_17_x86_64'
const MUSL = 'cp312-cp312-musllinux_1_2_x86_64'
const WINDOWS = 'cp312-cp312-win_amd64'
const MACOS = 'cp312-cp312-macosx_11_0_arm64'
const STABLE = 'cp39-abi3-manylinux_2_17_x86_64'
const STABLE_WINDOWS = 'cp39-abi3-win_amd64'
const FREE = 'cp313-cp313t-manylinux_2_17_x86_64'

const SO = 'demo/demo.cpython-312-x86_64-linux-gnu.so'
const PYD = 'demo/demo.cp312-win_amd64.pyd'
const DARWIN = 'demo/demo.cpython-312-darwin.so'
const ABI3 = 'demo/demo.abi3.so'

function made(code: string, tag: string, files: Files): Broken {
  return { filename: `demo_pkg-1.0.0-${tag}.whl`, bytes: zip(wheel(files, tag)), code }
}

const good = (tag: string, files: Files) => made('', tag, files)
const warned = (broken: Broken): Broken => ({ ...broken, severity: 'warning' })

const inLinux = (code: string, parts: ElfParts, tag = LINUX, more: Files = {}) =>
  made(code, tag, { [SO]: elf(parts), ...more })
const inWindows = (code: string, parts: PeParts, more: Files = {}) => made(code, WINDOWS, { [PYD]: pe(parts), ...more })
const inMacos = (code: string, parts: MachOParts, tag = MACOS, more: Files = {}) =>
  made(code, tag, { [DARWIN]: machO(parts), ...more })
const inStable = (code: string, parts: ElfParts, more: Files = {}) =>
  made(code, STABLE, { [ABI3]: elf(parts), ...more })
const pure = (code: string, files: Files) => made(code, 'py3-none-any', files)

const requires = (name: string) => ({ [`${INFO}/METADATA`]: metadata([`Requires-Dist: ${name}`]) })
const both = universal(
  { machine: MACH.x86_64, bytes: machO({ machine: MACH.x86_64, macos: [10, 12] }) },
  { machine: MACH.arm64, bytes: machO() },
)
const onlyArm = universal({ machine: MACH.arm64, bytes: machO() })

/** Makes a token as GitHub does: random letters, then their CRC-32 in base62. */
function githubToken(letters: string): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  let rest = crc32(letters)
  let checksum = ''
  for (; checksum.length < 6; rest = Math.floor(rest / 62)) checksum = digits[rest % 62] + checksum
  return `ghp_${letters}${checksum}`
}

/** Letters that look random. */
function letters(length: number): string {
  return Array.from({ length }, (_, at) => ((at * 7919 + 13) % 36).toString(36)).join('')
}

// Joined here, so that nobody who searches this repository for secrets finds one.
const BEGIN = (kind: string) => `-----${'BEGIN'} ${kind}PRIVATE KEY-----`
const END = (kind: string) => `-----${'END'} ${kind}PRIVATE KEY-----`
const key = (kind: string, start: string) =>
  [BEGIN(kind), Buffer.from(start + letters(60)).toString('base64'), END(kind), ''].join('\n')
const TOKEN = githubToken(letters(30))

/** Wheels with native files that are as they should be, by what could be mistaken in them. */
export const FIT_BINARIES: Record<string, Broken> = {
  'Linux x86_64': good(LINUX, { [SO]: elf() }),
  'Linux i686': good('cp312-cp312-manylinux_2_17_i686', { [SO]: elf({ machine: ELF.i686, bits: 32 }) }),
  'Linux armv7l': good('cp312-cp312-manylinux_2_17_armv7l', { [SO]: elf({ machine: ELF.arm, bits: 32 }) }),
  'Linux s390x': good('cp312-cp312-manylinux_2_17_s390x', { [SO]: elf({ machine: ELF.s390x, isBig: true }) }),
  'Linux ppc64le': good('cp312-cp312-manylinux_2_17_ppc64le', { [SO]: elf({ machine: ELF.ppc64 }) }),
  'Linux riscv64': good('cp312-cp312-manylinux_2_31_riscv64', { [SO]: elf({ machine: ELF.riscv64 }) }),
  'Linux armv6l of piwheels': good('cp312-cp312-linux_armv6l', {
    [SO]: elf({ machine: ELF.arm, bits: 32, needed: ['libwiringPi.so'] }),
  }),
  'the first manylinux': good('cp312-cp312-manylinux1_x86_64', { [SO]: elf({ versions: ['GLIBC_2.5'] }) }),
  'versions that only weak symbols need': inLinux('', { weakVersions: ['GLIBC_2.39'] }),
  'private versions': inLinux('', { versions: ['GLIBC_PRIVATE', 'GLIBC_2.2.5'] }),
  'musl by its own name': good(MUSL, { [SO]: elf({ needed: ['libc.so'], versions: [] }) }),
  "musl by Alpine's name": good(MUSL, { [SO]: elf({ needed: ['libc.musl-x86_64.so.1'], versions: [] }) }),
  'a library within the wheel': inLinux('', { needed: ['libc.so.6', 'libown-1a2b.so.1'] }, LINUX, {
    'demo_pkg.libs/libown-1a2b.so.1': elf({ imports: [], exports: [] }),
  }),
  'a linker script named as a library': inLinux('', {}, LINUX, { 'demo/libdemo.so': 'INPUT(libdemo.so.1)\n' }),
  'a static program': good('py3-none-musllinux_1_2_x86_64', {
    [`${SCRIPTS}/demo`]: elf({ needed: [], versions: [], imports: [], exports: [] }),
  }),
  'a program of glibc': good('py3-none-manylinux_2_17_x86_64', {
    [`${SCRIPTS}/demo`]: elf({ imports: [], exports: [], interpreter: '/lib64/ld-linux-x86-64.so.2' }),
  }),
  'a library that only looks like a module': inLinux('', { imports: [], exports: [] }),
  'modules for several Pythons': good('py3-none-manylinux_2_17_x86_64', {
    [SO]: elf(),
    'demo/demo.cpython-313-x86_64-linux-gnu.so': elf(),
  }),
  'another module beside the right one': inLinux('', {}, LINUX, {
    'demo/demo.cpython-313-x86_64-linux-gnu.so': elf(),
  }),
  'a module with old flags': good('cp37-cp37m-manylinux_2_17_x86_64', {
    'demo/demo.cpython-37m-x86_64-linux-gnu.so': elf(),
  }),
  'PyPy on Linux': good('pp311-pypy311_pp73-manylinux_2_17_x86_64', {
    'demo/demo.pypy311-pp73-x86_64-linux-gnu.so': elf(),
  }),
  'free-threaded Python': good(FREE, { 'demo/demo.cpython-313t-x86_64-linux-gnu.so': elf() }),
  'two modules in one file': inLinux('', { exports: ['PyInit_demo', 'PyInit_other'] }),
  'the stable ABI': inStable('', { imports: ['PyModule_Create2', 'PyType_FromSpec'] }),
  'a newer function that may be missing': inStable('', { weak: ['PyObject_GetBuffer', '_PyPrivate'] }),
  'a function of a library within the wheel': inStable(
    '',
    { imports: ['PyOwn_Function'], needed: ['libown.so'] },
    { 'demo/libown.so': elf({ exports: ['PyOwn_Function'], imports: [] }) },
  ),
  'the stable ABI of free-threaded Python': good('cp315-abi3.abi3t-manylinux_2_17_x86_64', {
    'demo/demo.abi3t.so': elf(),
  }),
  'the export function of Python 3.15': good('cp315-abi3.abi3t-manylinux_2_17_x86_64', {
    'demo/demo.abi3t.so': elf({ exports: ['PyModExport_demo'] }),
  }),
  'Windows amd64': inWindows('', {}),
  'Windows arm64': good('cp312-cp312-win_arm64', { 'demo/demo.cp312-win_arm64.pyd': pe({ machine: PE.win_arm64 }) }),
  'Windows of 32 bits': good('cp312-cp312-win32', { 'demo/demo.cp312-win32.pyd': pe({ machine: PE.win32 }) }),
  'names of Windows in any case': inWindows('', { imports: { 'KERNEL32.dll': [], 'VCRUNTIME140.DLL': [] } }),
  '.NET in Windows': inWindows('', {}, { 'demo/Net.dll': pe({ machine: PE.win32, isManaged: true, exports: [] }) }),
  'libraries of two processors beside a module': inWindows(
    '',
    {},
    {
      'demo/attach_x86.dll': pe({ machine: PE.win32, imports: {}, exports: [] }),
    },
  ),
  'the stable ABI on Windows': good(STABLE_WINDOWS, {
    'demo/demo.pyd': pe({ imports: { 'python3.dll': ['PyModule_Create2'] } }),
  }),
  'macOS arm64': inMacos('', {}),
  'macOS with symbols in the old place': inMacos('', { exportsIn: 'symbols', versionCommand: 'minimum' }),
  'macOS of both processors': good('cp312-cp312-macosx_10_12_universal2', { [DARWIN]: both }),
  'both processors for one': good('cp312-cp312-macosx_11_0_arm64', { [DARWIN]: both }),
  'a minor version that tags do not name': inMacos('', { macos: [11, 3] }),
  'a library of macOS that may be missing': inMacos('', { weakLibraries: ['/opt/lib/libmaybe.dylib'] }),
  'a library beside it on macOS': inMacos('', { needed: ['@rpath/libown.dylib'] }, MACOS, {
    'demo/.dylibs/libown.dylib': machO({ imports: [], exports: [] }),
  }),
  '.NET for any platform': pure('', { 'demo/Net.dll': pe({ isManaged: true, imports: {}, exports: [] }) }),
  'an installer of Windows as data': pure('', { 'demo/launcher.exe': pe({ imports: {}, exports: [] }) }),
  'keys in documentation': pure('', {
    'demo/keys.py': `A = "${BEGIN('')}"\nB = "AKIAIOSFODNN7EXAMPLE"\nC = "ghp_${'x'.repeat(36)}"\n`,
  }),
  'a path that only begins like tests': pure('', { 'tests_demo/__init__.py': '', 'demo/tests/__init__.py': '' }),
}

/** Wheels whose native files have one defect each, by family and defect. */
export const BROKEN_BINARIES: Record<string, Record<string, Broken>> = {
  machine: {
    'aarch64 in x86_64': inLinux('wheel-machine-differs', { machine: ELF.aarch64 }),
    'i686 in x86_64': inLinux('wheel-machine-differs', { machine: ELF.i686, bits: 32 }),
    'the other byte order': inLinux('wheel-machine-differs', { isBig: true }),
    'Linux in Windows': made('wheel-machine-differs', WINDOWS, { [PYD]: elf() }),
    'Windows in Linux': made('wheel-machine-differs', LINUX, { 'demo/demo.pyd': pe() }),
    'arm64 in Windows amd64': inWindows('wheel-machine-differs', { machine: PE.win_arm64 }),
    'x86_64 in macOS arm64': inMacos('wheel-machine-differs', { machine: MACH.x86_64 }),
    'one processor of two': made('wheel-machine-differs', 'cp312-cp312-macosx_11_0_universal2', { [DARWIN]: onlyArm }),
    'a program': made('wheel-machine-differs', 'py3-none-manylinux_2_17_aarch64', { [`${SCRIPTS}/demo`]: elf() }),
    'a wheel of libraries': made('wheel-machine-differs', 'py3-none-manylinux_2_17_aarch64', {
      'demo/libdemo.so': elf({ imports: [], exports: [] }),
    }),
  },
  libc: {
    'a newer glibc': inLinux('wheel-glibc-newer', { versions: ['GLIBC_2.17', 'GLIBC_2.28', 'GLIBC_2.3.4'] }),
    'a newer glibc than the older of two tags': inLinux(
      'wheel-glibc-newer',
      { versions: ['GLIBC_2.18'] },
      `${LINUX}.manylinux_2_28_x86_64`,
    ),
    'relative relocations': inLinux('wheel-glibc-newer', { versions: ['GLIBC_ABI_DT_RELR'] }),
    'a newer glibc for a program': made('wheel-glibc-newer', 'py3-none-manylinux2014_x86_64', {
      [`${SCRIPTS}/demo`]: elf({ versions: ['GLIBC_2.34'], imports: [], exports: [] }),
    }),
    'a newer glibc for an optional library': warned(
      inLinux('wheel-glibc-newer', {}, LINUX, {
        'demo/plugin.so': elf({ versions: ['GLIBC_2.34'], imports: [], exports: [] }),
      }),
    ),
    'musl in manylinux': inLinux('wheel-libc-differs', { needed: ['libc.musl-x86_64.so.1'], versions: [] }),
    'glibc in musllinux': inLinux('wheel-libc-differs', {}, MUSL),
    'a program of glibc in musllinux': made('wheel-libc-differs', 'py3-none-musllinux_1_2_x86_64', {
      [`${SCRIPTS}/demo`]: elf({ needed: [], versions: [], interpreter: '/lib64/ld-linux-x86-64.so.2' }),
    }),
  },
  macOS: {
    'a newer macOS': warned(inMacos('wheel-macos-newer', { macos: [14, 0] })),
    'a newer macOS, said the old way': warned(
      inMacos(
        'wheel-macos-newer',
        { machine: MACH.x86_64, macos: [10, 15], versionCommand: 'minimum' },
        'cp312-cp312-macosx_10_12_x86_64',
      ),
    ),
  },
  libraries: {
    'OpenSSL on Linux': inLinux('wheel-library-missing', { needed: ['libc.so.6', 'libssl.so.3'] }),
    'a library that only newer platforms have': inLinux('wheel-library-missing', { needed: ['libmvec.so.1'] }),
    'a library of a library': inLinux('wheel-library-missing', { needed: ['libown.so.1'] }, LINUX, {
      'demo_pkg.libs/libown.so.1': elf({ needed: ['libother.so.2'], imports: [], exports: [] }),
    }),
    'a library on musl': inLinux('wheel-library-missing', { needed: ['libc.so', 'libgcc_s.so.1'], versions: [] }, MUSL),
    'a library that a dependency may bring': warned(
      inLinux('wheel-library-missing', { needed: ['libtorch.so'] }, LINUX, requires('torch')),
    ),
    'a library with a dependency for an extra': inLinux(
      'wheel-library-missing',
      { needed: ['libssl.so.3'] },
      LINUX,
      requires("x; extra == 'y'"),
    ),
    'an optional library': warned(
      inLinux('wheel-library-missing', {}, LINUX, {
        'demo/plugin.so': elf({ needed: ['libmysqlclient.so.21'], imports: [], exports: [] }),
      }),
    ),
    'OpenSSL on Windows': inWindows('wheel-library-missing', { imports: { 'libssl-3-x64.dll': ['SSL_new'] } }),
    "Microsoft's C++ runtime": warned(inWindows('wheel-library-missing', { imports: { 'MSVCP140.dll': [] } })),
    'Homebrew on macOS': inMacos('wheel-library-missing', { needed: ['/opt/homebrew/lib/libssl.3.dylib'] }),
    'a library beside it that is missing': inMacos('wheel-library-missing', { needed: ['@rpath/libown.dylib'] }),
    libpython: inLinux('wheel-links-libpython', { needed: ['libpython3.12.so.1.0', 'libc.so.6'] }),
    'libpython of the stable ABI': inStable('wheel-links-libpython', { needed: ['libpython3.so'] }),
  },
  modules: {
    'no init function': inLinux('wheel-module-without-init', { exports: [] }),
    'an init function of another name': inLinux('wheel-module-without-init', { exports: ['PyInit__demo'] }),
    'the export function of Python 3.15 for older ones': inStable('wheel-module-without-init', {
      exports: ['PyModExport_demo'],
    }),
    'a hidden init function': inLinux('wheel-module-without-init', { exports: [], hidden: ['PyInit_demo'] }),
    'no init function on Windows': inWindows('wheel-module-without-init', { exports: [] }),
    'an init function of another name on macOS': inMacos('wheel-module-without-init', { exports: ['PyInit_other'] }),
    'another CPython': made('wheel-module-suffix-differs', 'cp313-cp313-manylinux_2_17_x86_64', { [SO]: elf() }),
    'one CPython in a wheel for the stable ABI': made('wheel-module-suffix-differs', STABLE, { [SO]: elf() }),
    'the GIL in a free-threaded wheel': made('wheel-module-suffix-differs', FREE, {
      'demo/demo.cpython-313-x86_64-linux-gnu.so': elf(),
    }),
    'the stable ABI in a free-threaded wheel': made('wheel-module-suffix-differs', FREE, { [ABI3]: elf() }),
    'a free-threaded module with the GIL': made('wheel-module-suffix-differs', 'cp313-cp313-win_amd64', {
      'demo/demo.cp313t-win_amd64.pyd': pe({ imports: { 'python313t.dll': ['PyModule_Create2'] } }),
    }),
    'PyPy in a wheel for CPython': made('wheel-module-suffix-differs', LINUX, {
      'demo/demo.pypy311-pp73-x86_64-linux-gnu.so': elf(),
    }),
    'a Linux file that ends with .pyd': made('wheel-module-suffix-differs', LINUX, { 'demo/demo.pyd': elf() }),
    'the DLL of another CPython': made('wheel-python-dll-differs', 'cp313-cp313-win_amd64', {
      'demo/demo.cp313-win_amd64.pyd': pe(),
    }),
    'the DLL of one CPython in a wheel for the stable ABI': made('wheel-python-dll-differs', STABLE_WINDOWS, {
      'demo/demo.pyd': pe(),
    }),
    'the DLL with the GIL in a free-threaded wheel': made('wheel-python-dll-differs', 'cp313-cp313t-win_amd64', {
      'demo/demo.cp313t-win_amd64.pyd': pe({ imports: { 'python313.dll': ['PyModule_Create2'] } }),
    }),
  },
  'stable ABI': {
    'a private function': inStable('wheel-outside-stable-abi', { imports: ['_PyLong_AsByteArray'] }),
    'a function of one version': inStable('wheel-outside-stable-abi', { imports: ['PyUnicode_AsUTF8Unicorn'] }),
    'a private function on Windows': made('wheel-outside-stable-abi', STABLE_WINDOWS, {
      'demo/demo.pyd': pe({ imports: { 'python3.dll': ['_PyLong_AsByteArray'] } }),
    }),
    'a private function on macOS': made('wheel-outside-stable-abi', 'cp39-abi3-macosx_11_0_arm64', {
      [ABI3]: machO({ imports: ['_PyLong_AsByteArray'] }),
    }),
    'a private function by the suffix alone': made('wheel-outside-stable-abi', LINUX, {
      [ABI3]: elf({ imports: ['_PyLong_AsByteArray'] }),
    }),
    'a newer function': inStable('wheel-stable-abi-newer', { imports: ['PyObject_GetBuffer'] }),
    'a newer function on macOS': made('wheel-stable-abi-newer', 'cp39-abi3-macosx_11_0_arm64', {
      [ABI3]: machO({ imports: ['PyType_GetModuleByDef'] }),
    }),
  },
  presence: {
    'nothing native': warned(made('wheel-nothing-native', WINDOWS, {})),
    'a module for any platform': pure('wheel-any-native', { [SO]: elf() }),
    'a program for any platform': pure('wheel-any-native', { [`${SCRIPTS}/demo`]: elf() }),
    'a library for any platform': warned(pure('wheel-any-native', { 'demo/x.dll': pe({ imports: {}, exports: [] }) })),
    'modules of several systems for any platform': warned(pure('wheel-any-native', { [SO]: elf(), [PYD]: pe() })),
    'the end of a Linux file cut off': made('wheel-binary-damaged', LINUX, { [SO]: elf().subarray(0, -1) }),
    'the end of a Windows file cut off': made('wheel-binary-damaged', WINDOWS, { [PYD]: pe().subarray(0, 0x420) }),
    'the end of a macOS file cut off': made('wheel-binary-damaged', MACOS, { [DARWIN]: machO().subarray(0, -1) }),
    'a slice beyond the end': made('wheel-binary-damaged', MACOS, { [DARWIN]: both.subarray(0, 8000) }),
  },
  'stray files': {
    'compiled Python': warned(pure('wheel-stray-files', { 'demo/__pycache__/other.cpython-312.pyc': 'x' })),
    'tests at the top': warned(pure('wheel-stray-files', { 'tests/__init__.py': '', 'tests/test_demo.py': '' })),
    'Cargo.toml at the top': warned(pure('wheel-stray-files', { 'Cargo.toml': '[package]\n' })),
    'Rust sources at the top': warned(pure('wheel-stray-files', { 'src/lib.rs': '' })),
    'a file of environment variables': warned(pure('wheel-stray-files', { 'demo/.env': 'A=1\n' })),
  },
  secrets: {
    'a private key': pure('wheel-secret', { 'demo/server.key': key('', '0') }),
    'a private key of RSA in a source': pure('wheel-secret', {
      'demo/keys.py': `KEY = "${key('RSA ', '0').replaceAll('\n', '\\n')}"\n`,
    }),
    'a private key of OpenSSH': pure('wheel-secret', { 'demo/id': key('OPENSSH ', 'openssh-key-v1') }),
    'a private key among tests': warned(pure('wheel-secret', { 'demo/tests/server.key': key('EC ', '0') })),
    'a GitHub token': pure('wheel-secret', { 'demo/ci.sh': `export GITHUB_TOKEN=${TOKEN}\n` }),
    'a GitHub token in a script': made('wheel-secret', 'py3-none-any', {
      [`${SCRIPTS}/demo`]: `#!python\nTOKEN = "${TOKEN}"\n`,
    }),
    'a GitHub token for some repositories': pure('wheel-secret', {
      'demo/ci.sh': `T=github_${'pat'}_${letters(22)}_${letters(59)}\n`,
    }),
    'a PyPI token': pure('wheel-secret', { 'demo/.pypirc': `password = pypi-${'AgEIcHlwaS5vcmc'}${letters(120)}\n` }),
    'an AWS access key': pure('wheel-secret', { 'demo/config.ini': `key = AKIA${'QWERTYUIOP234567'}\n` }),
  },
}
