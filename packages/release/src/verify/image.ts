import type { Plan } from '@slipway/core/plan'
import type { Finished } from '@slipway/core/ports'
import type { Engine, RunnableImage } from '@slipway/toolchain/engine/engine'
import { expectSuccess, type Installed } from './finding.ts'
import { importScript, NOT_INSTALLED, toldVersion } from './imports.ts'

/** Codes of a shell and of engines for a program that cannot be started or is not there. */
const NO_PROGRAM = new Set([126, 127])

/**
 * Runs an image: every Python package of the plan that is installed in it must import and say the planned version.
 * @param what the image's name, for people
 * @returns what worked; of an image without Python or without such a package only that it could be had
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
    const hint = 'Run the image by hand: does it hold the wheel of this release, and what the wheel needs?'
    expectSuccess(finished, `import ${planned.imports.join(', ')} in ${what}`, hint)
    found.push({ what, where: `${engine.name}, ${planned.name}`, version: toldVersion(planned, finished.stdout) })
  }
  return found.length > 0 ? found : [{ what, where: `${engine.name}, not run`, version }]
}

/** Engines tell a missing program by a code or, before a container is there, in words. */
function isMissing({ code, stderr }: Finished): boolean {
  return NO_PROGRAM.has(code) || /executable file (`[^`]*` )?not found/.test(stderr)
}

/**
 * Runs a command of the user's in an image, by the image's own shell.
 * @throws ProblemError `verification-failed`
 */
export async function runTestCommand(engine: Engine, image: RunnableImage, command: string): Promise<void> {
  const finished = await engine.run(image, ['/bin/sh', '-c', command])
  expectSuccess(finished, `The test command in the image (${command})`, 'Nothing was pushed: mend the image first.')
}
