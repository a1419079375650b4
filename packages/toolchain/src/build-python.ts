import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { mustRun } from './command.ts'
import { freshFiles } from './fresh-files.ts'
import { normalizeSdists } from './normal-sdists.ts'
import type { Python } from './python.ts'
import { installPythonTool } from './python-tool.ts'
import { withoutSecrets } from './secrets.ts'

/** Options of `buildPython`. */
export interface BuildPythonOptions {
  /** Folder of the package's pyproject.toml, absolute. */
  dir: string
  /** Output folder, absolute. */
  out: string
  /** `cacheDir(env)`, or the caller's folder. */
  cacheDir: string
  /** Seconds since the epoch, for backends that honor SOURCE_DATE_EPOCH. */
  sourceDateEpoch: number
  /** The Python that runs the build backend; by default `bestPython`. */
  python?: Python
}

/**
 * Builds the sdist of a pure-Python package and, from that, its wheel, with the build backend of its pyproject.toml
 * (PEP 517, through PyPA's `build`, which installs the backend into an isolated environment). The sdist's bytes depend
 * only on its content and `sourceDateEpoch`.
 * @returns the paths of the wheel and the sdist
 * @throws ProblemError `build-not-installed`, `python-build-failed` with the last lines of its output, `sdist-unreadable`
 */
export async function buildPython(
  ports: Ports,
  options: BuildPythonOptions,
): Promise<{ wheel: string; sdist: string }> {
  const { dir, out, cacheDir, sourceDateEpoch, python } = options
  const hint = 'Check the network.'
  const { program } = await installPythonTool(ports, {
    name: 'build',
    program: 'pyproject-build',
    // Without a pip beside it that has `--python`, build installs one for every build, which takes twice as long.
    requirements: ['build>=1.2,<2', 'pip>=22.3'],
    cacheDir,
    hint,
    python,
  })
  const failure = {
    code: 'python-build-failed',
    what: '`python -m build` failed',
    hint: 'Run `python -m build` in the folder of pyproject.toml and fix what it reports.',
  }
  const built: { wheel?: string; sdist?: string } = {}
  const expect = (names: readonly string[]) => {
    const of = (end: string) => names.filter((each) => each.endsWith(end))
    if (names.length === 2 && of('.whl').length === 1 && of('.tar.gz').length === 1) return
    const message = `The build backend made ${names.join(', ') || 'nothing'}, not one wheel and one sdist.`
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
  for (const file of await freshFiles(out, run, expect)) built[file.endsWith('.whl') ? 'wheel' : 'sdist'] = file
  return built as { wheel: string; sdist: string }
}
