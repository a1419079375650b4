import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Artifact } from '@slipway/core/artifact'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { parseWheelFilename } from '@slipway/core/python/filename'
import { interpreterTitle } from '@slipway/core/python/interpreter'
import { allowsPython } from '@slipway/core/python/requires-python'
import { sideBySide } from '@slipway/core/side-by-side'
import { findPythons, isOfVersion, loads, nameOfPython, type Python } from '@slipway/toolchain/python'
import { type Machine, machineName, runsOn, thisMachine } from '@slipway/toolchain/this-machine'
import { type PackageTest, tryPackage } from './try-package.ts'

/** Which Pythons to execute a wheel on: all of this machine that it is for, the lowest of them, none, or versions (`3.12`). */
export type ChosenPythons = 'all' | 'lowest' | 'none' | readonly string[]

/** Options of executing wheels. */
export interface Execution {
  /** Existing folder for the environments. */
  folder: string
  pythons: ChosenPythons
  test?: PackageTest | undefined
  /** Names to import instead of the plan's. */
  imports?: readonly string[]
}

/** A wheel, its package in the plan and the Pythons to execute it on; the reason when there is none. */
interface Trial {
  wheel: Artifact
  planned: PlannedPackage
  pythons: readonly Python[]
  reason: string
}

/**
 * Installs each wheel that runs on this machine into new virtual environments, imports its modules from there, compares the
 * version, and runs the project's test.
 * @returns the artifacts; wheels also say where they were executed, or why they were not
 * @throws ProblemError when a wheel cannot be installed or imported, reports another version, or fails the project's test;
 * `python-missing` when a Python that was asked for is not there
 */
export async function executeWheels(
  ports: Ports,
  plan: Pick<Plan, 'packages'>,
  artifacts: readonly Artifact[],
  options: Execution,
): Promise<Artifact[]> {
  const found = options.pythons === 'none' ? [] : await findPythons(ports)
  const chosen = chosenPythons(found, options.pythons)
  const machine = thisMachine()
  const trials = artifacts.flatMap((wheel) => {
    const planned = plannedAs(wheel, plan)
    return planned ? [trialOf(wheel, planned, { chosen, machine, options })] : []
  })
  const work = trials.flatMap(({ wheel, planned, pythons }) =>
    pythons.map((python) => ({
      wheel,
      planned: { ...planned, imports: [...(options.imports ?? planned.imports)] },
      python,
    })),
  )
  await sideBySide(
    work.map(({ wheel, planned, python }, index) => () => {
      const folder = join(options.folder, `execution-${index}`)
      return tryPackage(ports, planned, { python, folder, source: { file: wheel.path }, test: options.test })
    }),
    availableParallelism(),
  )
  const results = new Map(trials.map((each) => [each.wheel, resultOf(each, machine)]))
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
        'Build it on a machine of its platform, with a Python that it is for.',
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

/** Returns the Pythons that may be used. @throws ProblemError `python-missing` */
function chosenPythons(found: readonly Python[], chosen: ChosenPythons): Python[] {
  if (typeof chosen === 'string') {
    // Of several of one minor version, the newest.
    const newest = new Map(found.filter((each) => each.venv).map((each) => [nameOfPython(each), each]))
    return [...newest.values()]
  }
  return chosen.flatMap((version) => {
    const all = found.filter((each) => isOfVersion(each, version))
    if (all.some((each) => each.venv)) return all.filter((each) => each.venv)
    const title = interpreterTitle(version)
    const what = all.length === 0 ? `has no ${title}` : `has ${title} without its venv module`
    throw new ProblemError(
      error(
        'python-missing',
        `This machine ${what}, on which the wheels should run.`,
        `Set it up in an earlier step (actions/setup-python with \`python-version: "${version}"\`).`,
      ),
    )
  })
}

/** Decides on which Pythons a wheel is executed. */
function trialOf(
  wheel: Artifact,
  planned: PlannedPackage,
  { chosen, machine, options }: { chosen: readonly Python[]; machine: Machine; options: Execution },
): Trial {
  const none = (reason: string): Trial => ({ wheel, planned, pythons: [], reason })
  const tags = parseWheelFilename(wheel.filename)
  if (options.pythons === 'none') return none('`test-python` is `none`')
  if (!tags?.platformTags.some((each) => runsOn(each, machine))) {
    return none(`it is for another platform than this ${machineName(machine)}`)
  }
  // Without a request, PyPy is for the wheels that name it: a wheel for all Pythons is tried on CPython.
  const isOnRequest = typeof options.pythons !== 'string'
  const isWanted = (each: Python) =>
    isOnRequest || each.implementation === 'cpython' || !tags.pythonTags.includes('py3')
  const able = chosen.filter(
    (each) => allowsPython(planned.requiresPython, each.version) && loads(each, tags) && isWanted(each),
  )
  if (able.length === 0) return none(`it runs on none of the Pythons to try (${versionsOf(chosen)})`)
  return { wheel, planned, pythons: options.pythons === 'lowest' ? able.slice(0, 1) : able, reason: '' }
}

function versionsOf(pythons: readonly Python[]): string {
  return pythons.map(versionOf).join(', ') || 'none'
}

const versionOf = ({ version, implementation, freeThreaded }: Python) =>
  `${implementation === 'pypy' ? 'PyPy ' : ''}${version}${freeThreaded ? 't' : ''}`

function resultOf({ pythons, reason }: Trial, machine: Machine): Pick<Artifact, 'executed' | 'notExecuted'> {
  if (pythons.length === 0) return { notExecuted: reason }
  return { executed: [{ machine: machineName(machine), pythons: pythons.map(versionOf) }] }
}
