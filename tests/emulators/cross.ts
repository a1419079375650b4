import { delimiter, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { PUBLIC } from '@slipway/registries/endpoints'
import { findWine } from '@slipway/toolchain/executor/wine'
import { isOfVersion } from '@slipway/toolchain/python'
import { temporaryFolder } from '../sandbox/harness.ts'

/**
 * Returns the environment in which cargo builds for other systems: Debian's Rust in the folder SLIPWAY_TEST_RUST, which builds
 * the standard library from its source.
 */
export function crossEnvironment(): Record<string, string> {
  const rust = process.env.SLIPWAY_TEST_RUST as string
  return {
    PATH: [join(rust, 'bin'), process.env.PATH].join(delimiter),
    LD_LIBRARY_PATH: join(rust, 'lib', 'x86_64-linux-gnu'),
    RUSTC_BOOTSTRAP: '1',
    CARGO_UNSTABLE_BUILD_STD: 'std,panic_abort',
    // These halve the time: what is tested is that the wheels load.
    CARGO_UNSTABLE_BUILD_STD_FEATURES: 'panic-unwind',
    CARGO_PROFILE_RELEASE_OPT_LEVEL: '0',
    CARGO_PROFILE_RELEASE_LTO: 'off',
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
    // To strip for macOS, rustc wants rust-objcopy, which Debian has in another package.
    CARGO_PROFILE_RELEASE_STRIP: 'none',
    MATURIN_STRIP: 'false',
  }
}

/** Returns the variable by which PyO3 finds the import libraries of Windows' Python, those of a fetched one. */
export async function windowsLibraries(ports: Ports): Promise<Record<string, string>> {
  const wine = await findWine(ports, PUBLIC.archives)
  if (!('open' in wine)) throw new Error(wine.reason)
  const python = wine.pythons.find((each) => isOfVersion(each, '3.12'))
  if (!python) throw new Error('the list has no Python 3.12 for Windows')
  const folder = temporaryFolder()
  const session = await wine.open(python, { folder, site: folder })
  const { stdout } = await session.python(['-c', 'import sys; print(sys.prefix)'])
  await session.close()
  const prefix = stdout.trim().replace(/^Z:/, '').replaceAll('\\', '/')
  return { PYO3_CROSS_LIB_DIR: join(prefix, 'libs') }
}
