import { error, ProblemError } from '@slipway/core/problem'
import { interpreterTitle } from '@slipway/core/python/interpreter'
import { isOfVersion, nameOfPython, type Python, versionOf } from '@slipway/toolchain/python'

/** Which Pythons to execute a wheel on: all of this machine that it is for, the lowest of them, none, or versions (`3.12`). */
export type ChosenPythons = 'all' | 'lowest' | 'none' | readonly string[]

/** Returns this machine's Pythons that may be used. @throws ProblemError `python-missing` */
export function chosenPythons(found: readonly Python[], chosen: ChosenPythons): Python[] {
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
        `Set it up in an earlier step (setup-toolchains with \`python: "${version}"\`).`,
      ),
    )
  })
}

/** Returns the versions of Pythons for people; `none` if there is none. */
export function versionsOf(pythons: readonly Python[]): string {
  return pythons.map(versionOf).join(', ') || 'none'
}
