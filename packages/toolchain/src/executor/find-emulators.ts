import type { EmulatorName } from '@slipway/core/emulators'
import type { Ports } from '@slipway/core/ports'
import { sideBySide } from '@slipway/core/side-by-side'
import { type Machine, thisMachine } from '../this-machine.ts'
import { containerPythons } from './container-python.ts'
import type { Emulator, EmulatorOptions, MissingEmulator } from './emulator.ts'
import { findQemu } from './qemu.ts'
import { findWine } from './wine.ts'

const FINDERS = { qemu: findQemu, wine: findWine } satisfies Record<EmulatorName, unknown>

/**
 * Finds what executes wheels of other systems, processors and C libraries here, and what is missing for that. qemu and wine are
 * used on Linux for x86_64 only, where they were seen to work; containers on Linux, so that every job of a matrix can name images.
 * @param machine this one; tests pass others
 * @throws ProblemError when the container of an image does not start or has no Python
 */
export async function findEmulators(
  ports: Ports,
  { emulators, containers, sources }: EmulatorOptions,
  { system, processor }: Pick<Machine, 'system' | 'processor'> = thisMachine(),
): Promise<{ emulators: Emulator[]; missing: MissingEmulator[] }> {
  const isAble = system === 'linux' && processor === 'x86_64'
  const found = await Promise.all((isAble ? emulators : []).map((each) => FINDERS[each](ports, sources)))
  const images = await sideBySide(
    (system === 'linux' ? containers : []).map((image) => () => containerPythons(ports, image)),
    1,
  )
  return {
    emulators: [...images, ...found.filter((each) => 'open' in each)],
    missing: found.filter((each) => 'reason' in each),
  }
}
