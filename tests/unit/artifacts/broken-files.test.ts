import { BROKEN, FIT } from './broken-files.ts'
import { testRefusals } from './refusals.ts'

testRefusals({
  fit: FIT,
  broken: BROKEN,
  words: [
    ['tags', 'a name that is not normalized', 'must begin with `demo_pkg-`'],
    ['sdist', 'a name that is not normalized', 'should be demo_pkg-1.0.0.tar.gz'],
    ['sdist', 'a version that is not normalized', 'should be demo_pkg-2026.1.5.tar.gz'],
    ['ZIP', 'bytes after the archive', '2 bytes follow the end'],
    ['ZIP', 'bytes before the archive', '10 bytes precede'],
    ['ZIP', 'LZMA compression', 'method 14'],
    ['tags', 'plain Linux', 'manylinux'],
    ['tags', 'a macOS minor', 'MACOSX_DEPLOYMENT_TARGET'],
    ['tags', 'a Windows name of the user', '`win_amd64`'],
    ['tags', 'an unknown processor', 'riscv64'],
    ['METADATA', 'a classifier with a successor', '"Natural Language :: Ukrainian"'],
    ['METADATA', 'a license that is no expression', 'Apache'],
    ['sdist', 'a license that is missing', 'license-files = ["LICENSE"]'],
  ],
})
