import type { Exec } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { lastLine } from '../engine/engine-process.ts'
import type { Python } from '../python.ts'
import type { InstalledRepairer, Repairer } from '../repair/repair-tool.ts'

/**
 * Returns a repair tool as it runs in a container, where the libraries are: by the newest of the container's Pythons that
 * can run it.
 * @param pythons of the container, lowest version first
 * @throws ProblemError `python-missing` when none can
 */
export async function repairerIn(
  exec: Exec,
  { tool, modules }: InstalledRepairer,
  pythons: readonly Python[],
  cwd: string,
): Promise<Repairer> {
  const env = { PYTHONPATH: modules }
  let why = 'it has no Python'
  for (const { path } of pythons.toReversed()) {
    const argv = [path, '-m', tool] as const
    const finished = await exec({ argv: [...argv, '--version'], cwd, env })
    if (finished.code === 0) return { tool, argv, env, exec }
    why = lastLine(finished)
  }
  const message = `No Python of the container can run ${tool}: ${why}.`
  const hint = 'Use an image with a current Python, or leave `repair` out, for the repair that maturin does itself.'
  throw new ProblemError(error('python-missing', message, hint))
}
