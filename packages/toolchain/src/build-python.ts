import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { mustRun } from './command.ts'
import { freshFiles } from './fresh-files.ts'
import { normalizeSdists } from './normal-sdists.ts'
import type { Python } from './python.ts'
import { installPythonTool } from './python-tool.ts'
import { withoutSecrets } from './secrets.ts'

/** What a package of Python alone is built from. */
export interface BuildPythonOptions {
  /** Folder of its pyproject.toml, absolute. */
  dir: string
  /** Where the files go, absolute. */
  out: string
  /** `cacheDir(env)`, or a folder of the caller's. */
  cacheDir: string
  /** Seconds since the epoch, for backends that heed SOURCE_DATE_EPOCH. */
  sourceDateEpoch: number
  /** The Python that runs the build backend; without it, the lowest that can. */
  python?: Python
}

/**
 * Builds the sdist of a package and, from that, its wheel, by the build backend that its pyproject.toml names
 * (PEP 517, through PyPA's `build`, which installs the backend into an environment of its own). The sdist's bytes depend
 * on its content and `sourceDateEpoch` only.
 * @returns paths of the wheel and the sdist
 * @throws ProblemError `build-not-installed`, `python-build-failed` with the last lines of its output, `sdist-unreadable`
 */
export async function buildPython(
  ports: Ports,
  options: BuildPythonOptions,
): Promise<{ wheel: string; sdist: string }> {
  const { dir, out, cacheDir, sourceDateEpoch, python } = options
  const hint = 'Check the network.'
  const tool = { name: 'build', program: 'pyproject-build', requirement: 'build>=1.2,<2', cacheDir, hint, python }
  const { program } = await installPythonTool(ports, tool)
  const failure = {
    code: 'python-build-failed',
    what: '`python -m build` failed',
    hint: 'Run `python -m build` in the folder of its pyproject.toml and mend what it says.',
  }
  const found: { wheel?: string; sdist?: string } = {}
  const expect = (names: readonly string[]) => {
    const of = (end: string) => names.filter((each) => each.endsWith(end))
    if (names.length === 2 && of('.whl').length === 1 && of('.tar.gz').length === 1) return
    const message = `The build backend was to make a wheel and an sdist, and made ${names.join(', ') || 'nothing'}.`
    throw new ProblemError(error(failure.code, message, failure.hint))
  }
  const run = async (folder: string) => {
    await mustRun(
      ports.exec,
      {
        argv: [program, '--outdir', folder, dir],
        cwd: dir,
        env: { ...withoutSecrets(ports.env), SOURCE_DATE_EPOCH: String(sourceDateEpoch) },
        onLine: ports.log.info,
      },
      failure,
    )
    await normalizeSdists(folder, sourceDateEpoch)
  }
  for (const file of await freshFiles(out, run, expect)) found[file.endsWith('.whl') ? 'wheel' : 'sdist'] = file
  return found as { wheel: string; sdist: string }
}
