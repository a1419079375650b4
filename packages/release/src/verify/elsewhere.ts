import type { PlannedPackage } from '@slipway/core/plan'
import { ProblemError } from '@slipway/core/problem'
import type { WheelFilename } from '@slipway/core/python/filename'
import { parsePlatform } from '@slipway/core/python/platform'
import { allowsPython } from '@slipway/core/python/requires-python'
import type { Emulator, MissingEmulator } from '@slipway/toolchain/executor/emulator'
import { platformsOf } from '@slipway/toolchain/executor/install-for'
import { isOfVersion, loads, type Python } from '@slipway/toolchain/python'
import { runsOn, thisMachine } from '@slipway/toolchain/this-machine'
import { type ChosenPythons, versionsOf } from './chosen-pythons.ts'

/** What this machine executes wheels with, apart from its own Pythons. */
export interface Found {
  emulators: readonly Emulator[]
  missing: readonly MissingEmulator[]
}

/** A Python of an emulator. */
export interface Guest {
  emulator: Emulator
  python: Python
}

/** A wheel to execute. */
export interface WheelToTry {
  tags: WheelFilename
  planned: PlannedPackage
  /** Whether this machine's own Pythons load it. Then only containers execute it too. */
  isNative: boolean
}

/** Returns the Pythons of emulators to execute a wheel on, or why there is none; null if no emulator is for its platform. */
export function guestsFor(
  { tags, planned, isNative }: WheelToTry,
  { emulators, missing }: Found,
  chosen: ChosenPythons,
): { guests: Guest[]; reason: string | null } {
  const wanted = planned.test?.emulators
  const isWanted = ({ name }: Emulator) =>
    name === 'container' || (!isNative && (wanted === undefined || wanted.includes(name)))
  const fitting = emulators.filter((each) => isWanted(each) && executes(each, tags))
  const isAble = (each: Python) => allowsPython(planned.requiresPython, each.version) && loads(each, tags)
  const guests = fitting.flatMap((emulator) =>
    selected(emulator.pythons, chosen, isAble).map((python) => ({ emulator, python })),
  )
  if (guests.length > 0) return { guests, reason: null }
  const [first] = fitting
  if (first) {
    const tried = versionsOf(selected(first.pythons, chosen, () => true))
    return { guests, reason: `it runs on none of the Pythons to try of ${first.label} (${tried})` }
  }
  if (wanted !== undefined && !isNative && emulators.some((each) => executes(each, tags)))
    return { guests, reason: '`test-emulators` in slipway.toml leaves out what executes it here' }
  const absent = missing.find(({ machine }) => tags.platformTags.some((tag) => runsOn(tag, machine)))
  return { guests, reason: absent?.reason ?? (!isNative && runsInContainer(tags) ? NO_IMAGE : null) }
}

const NO_IMAGE = 'it needs another C library than this machine has; name an image with that library in `test-container`'

/** Whether an image could have what Linux wheels need, because they are for this machine's processor. */
function runsInContainer({ platformTags }: WheelFilename): boolean {
  const { system, processor } = thisMachine()
  return (
    system === 'linux' &&
    platformTags.some((tag) => /^m(any|usl)linux/.test(tag) && parsePlatform(tag)?.machines.includes(processor))
  )
}

/** Whether an emulator executes wheels with these tags. */
function executes(emulator: Emulator, { platformTags }: WheelFilename): boolean {
  return platformTags.some((tag) => {
    if (tag.startsWith('musllinux')) return platformsOf(emulator).includes(tag)
    return runsOn(tag, emulator.machine)
  })
}

/** Returns the Pythons to use of those that are able: of all, the lowest and the highest, because each start takes seconds. */
function selected(
  pythons: readonly Python[],
  chosen: ChosenPythons,
  isAble: (python: Python) => boolean,
): readonly Python[] {
  const able = pythons.filter(isAble)
  if (typeof chosen !== 'string') return able.filter((each) => chosen.some((version) => isOfVersion(each, version)))
  if (chosen === 'none') return []
  const [lowest, highest] = [able[0], able.at(-1)]
  return [...new Set([lowest, ...(chosen === 'all' ? [highest] : [])])].flatMap((each) => each ?? [])
}

/** Failures that say nothing of the wheel: without its Python, it is only inspected. */
const NOT_OF_WHEEL = ['python-not-fetched', 'emulator-failed']

/** Returns why a wheel could not be tried, if a failure is not the wheel's. @throws the failure otherwise */
export function reasonOf(cause: unknown): string {
  const [problem, more] = cause instanceof ProblemError ? cause.problems : []
  if (problem === undefined || more !== undefined || !NOT_OF_WHEEL.includes(problem.code)) throw cause
  // Of the output of a program, the log has all.
  return problem.message.replace(/[.:]?(\n.*)?$/s, '')
}
