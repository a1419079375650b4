import { BROKEN_BINARIES, FIT_BINARIES } from './broken-binaries.ts'
import { testRefusals } from './refusals.ts'

testRefusals({
  fit: FIT_BINARIES,
  broken: BROKEN_BINARIES,
  words: [
    ['machine', 'aarch64 in x86_64', 'ELF for aarch64'],
    ['machine', 'Windows in Linux', 'PE for win_amd64'],
    ['machine', 'one processor of two', 'universal2-apple-darwin'],
    ['libc', 'a newer glibc', 'needs glibc 2.28'],
    ['libc', 'a newer glibc', '--compatibility manylinux_2_17`'],
    ['libc', 'a newer glibc than the older of two tags', 'manylinux_2_17_x86_64 (glibc 2.17)'],
    ['libc', 'relative relocations', 'glibc 2.36'],
    ['libc', 'glibc in musllinux', '`libc.so.6` of glibc'],
    ['macOS', 'a newer macOS', 'MACOSX_DEPLOYMENT_TARGET=11.0'],
    ['libraries', 'a library of a library', 'demo_pkg.libs/libown.so.1 needs `libother.so.2`'],
    ['libraries', 'OpenSSL on Linux', 'auditwheel repair'],
    ['libraries', 'OpenSSL on Windows', 'delvewheel repair'],
    ['libraries', 'Homebrew on macOS', 'delocate-wheel'],
    ['modules', 'an init function of another name', 'only `PyInit__demo`'],
    ['modules', 'another CPython', 'cpython-312'],
    ['modules', 'the DLL of another CPython', '`python312.dll`'],
    ['stable ABI', 'a newer function', 'only since 3.11'],
    ['stable ABI', 'a newer function on macOS', 'only since 3.13'],
  ],
})
