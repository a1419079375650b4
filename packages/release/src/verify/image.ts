import type { Plan } from '@slipway/core/plan'
import type { Finished } from '@slipway/core/ports'
import type { Engine, RunnableImage } from '@slipway/toolchain/engine/engine'
import { expectSuccess, type Installed } from './finding.ts'
import { importScript, NOT_INSTALLED, reportedVersion } from './imports.ts'

/** Exit codes of shells and engines for a program that is missing or cannot start. */
const NO_PROGRAM = new Set([126, 127])

/**
 * Runs an image: every installed Python package of the plan must import and report the planned version.
 * @param what display name of the image
 * @returns the packages that work; for an image without Python or without such a package, one entry `not run`
 * @throws ProblemError `verification-failed`, `installed-version-differs`
 */
export async function tryImage(
  engine: Engine,
  { packages, version }: Pick<Plan, 'packages' | 'version'>,
  { what, image }: { what: string; image: RunnableImage },
): Promise<Installed[]> {
  const found: Installed[] = []
  for (const planned of packages) {
    const finished = await engine.run(image, ['python3', ...importScript(planned)])
    if (finished.code === NOT_INSTALLED || isMissing(finished)) continue
    const hint = 'Run the image and check that it has the wheel of this release and its dependencies.'
    expectSuccess(finished, `import ${planned.imports.join(', ')} in ${what}`, hint)
    found.push({ what, where: `${engine.name}, ${planned.name}`, version: reportedVersion(planned, finished.stdout) })
  }
  return found.length > 0 ? found : [{ what, where: `${engine.name}, not run`, version }]
}

/**
 * Returns whether the program is missing: engines report it by exit code or, before a container exists, in a message.
 */
function isMissing({ code, stderr }: Finished): boolean {
  return NO_PROGRAM.has(code) || /executable file (`[^`]*` )?not found/.test(stderr)
}

/**
 * Runs the user's test command in an image, with the image's shell.
 * @throws ProblemError `verification-failed`
 */
export async function runTestCommand(engine: Engine, image: RunnableImage, command: string): Promise<void> {
  const finished = await engine.run(image, ['/bin/sh', '-c', command])
  expectSuccess(finished, `The test command in the image (${command})`, 'Fix the image; nothing was pushed.')
}
