import type { Binary, Part } from './binary.ts'
import type { Bytes } from './bytes.ts'
import { isElf, partsOfElf, readElf } from './elf.ts'
import { isMachO, partsOfMachO, readMachO } from './macho.ts'
import { isPe, partsOfPe, readPe } from './pe.ts'

/**
 * Reads a native file, whatever its name is.
 * @returns null when it is of none of the three formats: a linker script may also be named `libdemo.so`
 * @throws BinaryError when its headers contradict each other
 */
export function readBinary(bytes: Bytes): Binary | null {
  const start = bytes.read(0, Math.min(8, bytes.size))
  if (isElf(start)) return readElf(bytes)
  if (isPe(start)) return readPe(bytes)
  return isMachO(start) ? readMachO(bytes) : null
}

/** Returns the sections of a native file; none for other files. @throws BinaryError when its headers contradict each other */
export function partsOf(bytes: Bytes): Part[] {
  const start = bytes.read(0, Math.min(8, bytes.size))
  if (isElf(start)) return partsOfElf(bytes)
  if (isPe(start)) return partsOfPe(bytes)
  return isMachO(start) ? partsOfMachO(bytes) : []
}

/** Whether a file is native code by its first 8 bytes: one of the three formats, or a library to link statically. */
export function isNative(start: Buffer): boolean {
  return isElf(start) || isPe(start) || isMachO(start) || start.toString('latin1') === '!<arch>\n'
}
