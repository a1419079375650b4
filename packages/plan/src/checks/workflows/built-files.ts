import { MAX_BUILD_PATH_CHARS, MAX_BUILD_PATHS } from '../../limits.ts'
import { commands, type Job, type Step } from './jobs.ts'

/** Commands that build wheels with maturin; `publish` hands them on too. */
export const BY_MATURIN = /\bmaturin\s+(?:build|b|publish)\b/
const PUBLISHES = /\bmaturin\s+publish\b/
/** Commands that call a package's own backend. */
const BY_BACKEND = /\bpython3?\s+-m\s+build\b|\b(?:pyproject-build|pipx\s+run\s+build|uv\s+build)\b/

/** Whether a command builds a wheel as PEP 517 says: maturin tags it `linux` then, for this machine. */
export function isByBackend(line: string): boolean {
  if (/\bpip3?\s+wheel\b/.test(line)) return true
  return BY_BACKEND.test(line) && (!/\s(?:-s\b|--sdist\b)/.test(line) || /\s(?:-w\b|--wheel\b)/.test(line))
}

/** The commands of a step that build wheels, or the arguments that it gives maturin's action. */
export function buildsOf(step: Step): string[] {
  if (/\/maturin-action$/.test(step.action))
    return /^(?:sdist|upload|develop)$/.test(step.input('command')?.text ?? '')
      ? []
      : [` ${step.input('args')?.text ?? ''}`]
  return commands(step, /\S/).flatMap(({ line }) => (BY_MATURIN.test(line) || isByBackend(line) ? [line] : []))
}

/** Commands and actions that hand on what was built. */
const HANDS_ON = /\b(?:maturin\s+(?:publish|upload)|twine upload|uv publish)\b/
const HANDING = /\/(?:upload-artifact|gh-action-pypi-publish|action-gh-release)$/

/** Whether a step's action hands on files. */
export function handedOn({ action }: Pick<Step, 'action'>): boolean {
  return HANDING.test(action)
}

/** Whether a step hands anything on that is meant to go out: what it does after a failure is not. */
function isHanding({ action, run, condition }: Step): boolean {
  return (HANDING.test(action) || HANDS_ON.test(run)) && !/\b(?:failure|cancelled)\(/.test(condition)
}

/** Whether a job hands anything on. */
export function handsOn({ steps }: Job): boolean {
  return steps.some(isHanding)
}

/** What is handed on by a step: paths as they are written; null for something that is not told. */
function handed(step: Step): (string | null)[] {
  if (!isHanding(step)) return []
  if (HANDING.test(step.action)) {
    const given = step.input('path') ?? step.input('files') ?? step.input('packages-dir') ?? step.input('packages_dir')
    if (given)
      return given.text
        .split('\n')
        .map((each) => each.trim())
        .filter((each) => each !== '' && !each.startsWith('!'))
    return [/pypi-publish$/.test(step.action) ? 'dist' : null]
  }
  return commands(step, HANDS_ON).flatMap(({ line }) => {
    // It builds what it hands on.
    if (PUBLISHES.test(line)) return []
    const [, rest = ''] = /\b(?:twine upload|uv publish)\b(.*)/.exec(line) ?? []
    const paths = rest.split(/[\s"']+/).filter((each) => /[/*.]/.test(each) && !/^-|:\/\//.test(each))
    return paths.length > 0 ? paths : [null]
  })
}

/** The folder that a command is told to write to; null where it is told none. */
export function toldFolder(line: string): string | null {
  // `-w` is for build what `--wheel` is.
  const options = `-o|--out|--outdir|--out-dir|${/\bpip3?\s+wheel\b/.test(line) ? '-w|' : ''}--wheel-dir|-d|--dist-dir`
  return new RegExp(`\\s(?:${options})(?:\\s+|=)["']?([^\\s"']+)`).exec(line)?.[1] ?? null
}

/** Other files than wheels: `dist/*.tar.gz`, `coverage.xml`. */
const OTHER_FILES = /\*[^/]*\.(?!whl$|\*)[\w.]+$|[^/*]\.(?!whl$)[A-Za-z]\w*$/
/** Names that tell of what was built, unless they tell of reports too; what is in `target` is known by its folder. */
const OF_BUILDS = /^(?!.*(?:report|cov|test|log|bench|doc|htm)).*(?:dist|wheel|whl|package|artifact|out|build|\$)/is

/** The parts of a path that are no pattern. */
function partsOf(path: string): string[] {
  return path.split('/').filter((each) => !/^\.*$|[*?[]/.test(each))
}

/** Whether a path that is handed on may hold the wheels of a folder, by their names: what folder it is relative to is not known. */
function mayHold(path: string | null, folder: string): boolean {
  if (path === null || path.includes('$') || folder.includes('$')) return true
  const [inPath, inFolder] = [partsOf(path), partsOf(folder)]
  if (inPath.length === 0 || inFolder.length === 0) return true
  return inPath.includes(inFolder.at(-1) ?? '') || inFolder.includes(inPath.at(-1) ?? '')
}

/** What is given, each once, and not more than anyone writes. */
function some<T extends string | null>(all: Iterable<T>): T[] {
  return [...new Set(all)]
    .filter((each) => each === null || each.length <= MAX_BUILD_PATH_CHARS)
    .slice(0, MAX_BUILD_PATHS)
}

/**
 * Tells of a job whether the wheels of a command may be handed on by it, given the command or the arguments of maturin:
 * not when all that is handed on is what other commands put elsewhere.
 */
export function outputsOf({ steps }: Job): (line: string) => boolean {
  const lines = steps.flatMap((each) => commands(each, /\S/).map((command) => command.line))
  const moves = some(lines.filter((each) => /\b(?:cp|mv|rsync|rename)\b/.test(each)))
  const folders = some(lines.flatMap((each) => toldFolder(each) ?? []))
  const paths = some(steps.flatMap(handed)).filter((each) => each === null || !OTHER_FILES.test(each))
  const isOfOthers = (path: string | null) =>
    path !== null && (!OF_BUILDS.test(path) || folders.some((each) => mayHold(path, each)))
  const unknown = paths.some((path) => !isOfOthers(path))
  return (line) => {
    if (unknown || PUBLISHES.test(line)) return true
    const folder =
      toldFolder(line) ?? (isByBackend(line) ? (/\bpip3?\s+wheel\b/.test(line) ? '.' : 'dist') : 'target/wheels')
    const last = partsOf(folder).at(-1)
    const isMoved = last !== undefined && moves.some((each) => each.includes(last))
    return isMoved || paths.some((path) => mayHold(path, folder))
  }
}
