import { copyFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MemoryBytes } from '@slipway/artifacts/binary/bytes'
import { readBinary } from '@slipway/artifacts/binary/read'
import { stableSince } from '@slipway/core/python/stable-abi'
import { minor, type Python } from '../python.ts'
import { forwarderDll } from './forwarder-dll.ts'

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  )

/**
 * Completes an unpacked CPython for Windows, so that it runs under wine and loads abi3 wheels.
 * @param folder of the unpacked files
 * @param prefix wine's folder of settings
 */
export async function completeForWine(folder: string, python: Python, prefix: string): Promise<void> {
  const home = dirname(join(folder, python.path))
  const library = join(home, 'lib')
  // Modules of the standard library find their DLLs beside python.exe.
  for (const name of await readdir(library)) {
    if (name.endsWith('.dll')) await copyFile(join(library, name), join(home, name))
  }
  // `platform` asks Windows' management service through it, of which wine 8 has too little: the process would end. Without
  // it, `platform` asks the kernel.
  await rm(join(library, '_wmi.pyd'), { force: true })
  const stable = join(home, 'python3.dll')
  if (!(await exists(stable))) await writeFile(stable, await stableLibrary(home, `python3${minor(python)}`))
  const inWine = join(prefix, 'drive_c', 'windows', 'system32', RANDOM)
  if (!(await exists(inWine))) await writeFile(join(home, RANDOM), forwarderDll(RANDOM, RANDOM_EXPORTS))
}

/**
 * The DLL from which Rust's standard library gets random numbers, and which wine has from version 9 on. Its only function
 * takes and returns the same as RtlGenRandom, which advapi32 exports as SystemFunction036 (Microsoft, "ProcessPrng" and
 * "RtlGenRandom").
 */
const RANDOM = 'bcryptprimitives.dll'
const RANDOM_EXPORTS = new Map([['ProcessPrng', 'advapi32.SystemFunction036']])

/**
 * Returns python3.dll, to which abi3 modules are linked: it forwards the stable ABI to the DLL of one version (PEP 384,
 * "Linkage"). Maven's archives do not have it.
 */
async function stableLibrary(home: string, library: string): Promise<Buffer> {
  const binary = readBinary(new MemoryBytes(await readFile(join(home, `${library}.dll`))))
  const names = (binary?.slices ?? []).flatMap((each) => each.exports).filter((each) => stableSince(each) !== null)
  return forwarderDll('python3.dll', new Map(names.map((each) => [each, `${library}.${each}`])))
}
