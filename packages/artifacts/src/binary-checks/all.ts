import { initFunctions, pythonLibraries, suffixes } from './extensions.ts'
import { newerGlibc, otherLibc } from './libc.ts'
import { linkedLibpython, missingLibraries } from './libraries.ts'
import { machines } from './machines.ts'
import { newerMacos } from './macos.ts'
import type { BinaryCheck } from './native-wheel.ts'
import { damaged, nativeInAny, nothingNative } from './presence.ts'
import { stableAbi } from './stable-abi.ts'

/** Every check of a wheel's native files, in the order of reporting. */
export const BINARY_CHECKS: readonly BinaryCheck[] = [
  damaged,
  nativeInAny,
  nothingNative,
  machines,
  otherLibc,
  newerGlibc,
  newerMacos,
  missingLibraries,
  linkedLibpython,
  suffixes,
  initFunctions,
  pythonLibraries,
  stableAbi,
]
