import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Artifact, ExecutedOn } from '@slipway/core/artifact'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem } from '@slipway/core/problem'
import { parseWheelFilename, type WheelFilename } from '@slipway/core/python/filename'
import { allowsPython } from '@slipway/core/python/requires-python'
import { sideBySide } from '@slipway/core/side-by-side'
import type { EmulatorOptions } from '@slipway/toolchain/executor/emulator'
import { bestPython, findPythons, isUsual, loads, type Python, versionOf } from '@slipway/toolchain/python'
import { type Machine, machineName, runsOn, thisMachine } from '@slipway/toolchain/this-machine'
import { type ChosenPythons, chosenPythons, versionsOf } from './chosen-pythons.ts'
import type { Guest } from './elsewhere.ts'
import { type PackageTest, tryPackage } from './try-package.ts'

/** Options of executing wheels. */
export interface Execution {
  /** Existing folder for the environments. */
  folder: string
  pythons: ChosenPythons
  test?: PackageTest | undefined
  /** Names to import instead of the plan's. */
  imports?: readonly string[]
  /** How wheels for other machines than this are executed; without it, they are not. */
  elsewhere?: EmulatorOptions | undefined
}

/** A wheel, its package in the plan and the Pythons to execute it on. */
interface Trial {
  wheel: Artifact
  planned: PlannedPackage
  /** Of this machine. */
  pythons: readonly Python[]
  guests: readonly Guest[]
  /** Why it is not executed at all, if it is not. */
  reason: string
}

/** A wheel on one Python. */
interface Attempt {
  trial: Trial
  on: ExecutedOn
  /** Returns why the wheel could not be tried, or null when it passed. */
  act(folder: string): Promise<string | null>
}

/**
 * Executes each wheel: installs it into new virtual environments of this machine's Pythons, or, if it is for another machine,
 * unpacks it for an emulator's; imports its modules from there, compares the version, and runs the project's test.
 * @returns the artifacts; wheels also say where they were executed, or why they were not
 * @throws ProblemError when a wheel cannot be installed or imported, reports another version, or fails the project's test;
 * `python-missing` when a Python that was asked for is not there; why a container cannot be used
 */
export async function executeWheels(
  ports: Ports,
  plan: Pick<Plan, 'packages'>,
  artifacts: readonly Artifact[],
  options: Execution,
): Promise<Artifact[]> {
  const machine = thisMachine()
  const wheels = artifacts.flatMap((wheel) => {
    const planned = plannedAs(wheel, plan)
    const tags = planned && parseWheelFilename(wheel.filename)
    if (!tags) return []
    return [{ wheel, planned, tags, isNative: tags.platformTags.some((each) => runsOn(each, machine)) }]
  })
  const found = options.pythons === 'none' ? [] : await findPythons(ports)
  // Other machines' wheels do not need this one's Pythons.
  const isNeeded = wheels.length === 0 || wheels.some((each) => each.isNative)
  const chosen = isNeeded ? chosenPythons(found, options.pythons) : []
  const trials = wheels.map((each) => trialOf(each, { chosen, machine, options }))
  const all =
    options.elsewhere && options.pythons !== 'none' ? await withGuests(ports, wheels, trials, options) : trials
  const attempts = all.flatMap((each) => [
    ...each.pythons.map((python) => native(ports, each, python, { machine, options })),
    ...each.guests.map((guest) => elsewhere(ports, each, guest, { found, options })),
  ])
  const reasons = await sideBySide(
    attempts.map((each, index) => () => each.act(join(options.folder, `execution-${index}`))),
    availableParallelism(),
  )
  const results = new Map(all.map((each) => [each.wheel, resultOf(each, attempts, reasons)]))
  return artifacts.map((each) => ({ ...each, ...results.get(each) }))
}

/** Returns the wheels' problem when some were only inspected; none when all were executed. */
export function unexecuted(artifacts: readonly Artifact[]): Problem[] {
  return artifacts
    .filter((each) => each.kind === 'wheel' && each.executed === undefined)
    .map(({ filename, notExecuted = 'nobody tried it' }) =>
      error(
        'wheel-not-executed',
        `${filename} was not executed: ${notExecuted}.`,
        'Build it on a machine of its platform with a Python that it is for, or install what executes it here.',
      ),
    )
}

/** Returns the wheels of the packages of which no wheel was executed. */
export function neverExecuted(artifacts: readonly Artifact[]): Artifact[] {
  const executed = new Set(artifacts.flatMap((each) => (each.executed ? [each.project] : [])))
  return artifacts.filter((each) => each.kind === 'wheel' && !executed.has(each.project))
}

function plannedAs(wheel: Artifact, plan: Pick<Plan, 'packages'>): PlannedPackage | undefined {
  if (wheel.kind !== 'wheel') return undefined
  return publishedPackages(plan).find((each) => normalizeName(each.name) === normalizeName(wheel.project))
}

/** A wheel of the plan. */
interface Wheel {
  wheel: Artifact
  planned: PlannedPackage
  tags: WheelFilename
  isNative: boolean
}

/** Decides on which of this machine's Pythons a wheel is executed. */
function trialOf(
  { wheel, planned, tags, isNative }: Wheel,
  { chosen, machine, options }: { chosen: readonly Python[]; machine: Machine; options: Execution },
): Trial {
  const named = { ...planned, imports: [...(options.imports ?? planned.imports)] }
  const of = (pythons: readonly Python[], reason = ''): Trial => ({
    wheel,
    planned: named,
    pythons,
    guests: [],
    reason,
  })
  if (options.pythons === 'none') return of([], '`test-python` is `none`')
  if (!isNative) return of([], `it is for another platform than this ${machineName(machine)}`)
  // Without a request, PyPy is for the wheels that name it: a wheel for all Pythons is tried on CPython.
  const isOnRequest = typeof options.pythons !== 'string'
  const isWanted = (each: Python) =>
    isOnRequest || each.implementation === 'cpython' || !tags.pythonTags.includes('py3')
  const able = chosen.filter(
    (each) => allowsPython(planned.requiresPython, each.version) && loads(each, tags) && isWanted(each),
  )
  if (able.length === 0) return of([], `it runs on none of the Pythons to try (${versionsOf(chosen)})`)
  return of(options.pythons === 'lowest' ? able.slice(0, 1) : able)
}

/** Adds the Pythons of emulators to trials, in the same order. */
async function withGuests(
  ports: Ports,
  wheels: readonly Wheel[],
  trials: readonly Trial[],
  { elsewhere, pythons }: Execution,
): Promise<Trial[]> {
  const isAll = wheels.every((each) => each.isNative) && (elsewhere?.containers.length === 0 || wheels.length === 0)
  if (!elsewhere || isAll) return [...trials]
  const [{ findEmulators }, { guestsFor }] = await Promise.all([
    import('@slipway/toolchain/executor/find-emulators'),
    import('./elsewhere.ts'),
  ])
  const found = await findEmulators(ports, elsewhere)
  return trials.map((trial, index) => {
    const { guests, reason } = guestsFor(wheels[index] as Wheel, found, pythons)
    return { ...trial, guests, reason: trial.pythons.length > 0 ? '' : (reason ?? trial.reason) }
  })
}

function native(
  ports: Ports,
  trial: Trial,
  python: Python,
  { machine, options: { test } }: { machine: Machine; options: Execution },
): Attempt {
  return {
    trial,
    on: { machine: machineName(machine), pythons: [versionOf(python)] },
    async act(folder) {
      await tryPackage(ports, trial.planned, { python, folder, source: { file: trial.wheel.path }, test })
      return null
    },
  }
}

function elsewhere(
  ports: Ports,
  trial: Trial,
  { emulator, python }: Guest,
  { found, options: { test } }: { found: readonly Python[]; options: Execution },
): Attempt {
  return {
    trial,
    on: { machine: emulator.label, pythons: [versionOf(python)] },
    async act(folder) {
      const [{ tryUnpacked }, { reasonOf }] = await Promise.all([import('./try-unpacked.ts'), import('./elsewhere.ts')])
      // The newest Python has the newest pip.
      const installer = found.findLast((each) => each.venv && isUsual(each)) ?? bestPython(found)
      const how = { emulator, python, installer, folder, wheel: trial.wheel.path, test }
      const reason = await tryUnpacked(ports, trial.planned, how).catch(reasonOf)
      if (reason !== null) ports.log.info(`${trial.wheel.filename} was not executed on ${emulator.label}: ${reason}.`)
      return reason
    },
  }
}

/** Returns where a wheel passed, or why it did nowhere. */
function resultOf(
  trial: Trial,
  attempts: readonly Attempt[],
  reasons: readonly (string | null)[],
): Pick<Artifact, 'executed' | 'notExecuted'> {
  const own = attempts
    .map((each, index) => ({ ...each, reason: reasons[index] ?? null }))
    .filter((each) => each.trial === trial)
  const passed = new Map<string, string[]>()
  for (const { on, reason } of own) {
    if (reason === null) passed.set(on.machine, [...(passed.get(on.machine) ?? []), ...on.pythons])
  }
  if (passed.size > 0) return { executed: [...passed].map(([machine, pythons]) => ({ machine, pythons })) }
  return { notExecuted: own.find((each) => each.reason)?.reason ?? trial.reason }
}
