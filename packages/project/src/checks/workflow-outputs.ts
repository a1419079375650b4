import { commands, type Job, type Step } from './workflow-steps.ts'

/** Commands that build a wheel with maturin. */
export const BUILDS = /\bmaturin\s+build\b/
/** PEP 517: maturin tags the wheel that pip asks for as `linux`, for this machine. */
export const BY_PIP = /\bpython3?\s+-m\s+build\b(?!.*(?:\s-s\b|--sdist))|\bpip3?\s+wheel\b/

/** Commands and actions that hand on what was built. */
const HANDS_ON = /\b(?:maturin (?:publish|upload)|twine upload|uv publish)\b/
const HANDING = /\/(?:upload-artifact|gh-action-pypi-publish|action-gh-release)$/

/** Whether a job hands anything on. */
export function handsOn({ steps }: Job): boolean {
  return steps.some((each) => HANDING.test(each.action) || HANDS_ON.test(each.run))
}

/** What is handed on by a step: paths as they are written; null for something that is not told. */
function handed(step: Step): (string | null)[] {
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
    const [, rest = ''] = /\b(?:twine upload|uv publish)\b(.*)/.exec(line) ?? []
    const paths = rest.split(/[\s"']+/).filter((each) => /[/*.]/.test(each) && !/^-|:\/\//.test(each))
    return paths.length > 0 ? paths : [null]
  })
}

/** The folder that a command is told to write to; null where it is told none. */
function toldFolder(line: string): string | null {
  return (
    /\s(?:-o|--out|--outdir|--out-dir|-w|--wheel-dir|-d|--dist-dir)(?:\s+|=)["']?([^\s"']+)/.exec(line)?.[1] ?? null
  )
}

/** A pattern for other files than wheels: `dist/*.tar.gz`. */
const OTHER_FILES = /\*[^/]*\.(?!whl$|\*)[\w.]+$/

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

/** Nobody builds more in one job, and nobody reads on. */
const MOST = 50

/** What is given, each once, and not more than anyone writes. */
function some<T>(all: Iterable<T>): T[] {
  return [...new Set(all)].slice(0, MOST)
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
  const ofOthers = new Set(paths.filter((path) => path !== null && folders.some((each) => mayHold(path, each))))
  return (line) => {
    const folder = toldFolder(line) ?? (BY_PIP.test(line) ? (/\bwheel\b/.test(line) ? '.' : 'dist') : 'target/wheels')
    const last = partsOf(folder).at(-1)
    const isMoved = last !== undefined && moves.some((each) => each.includes(last))
    return isMoved || paths.some((path) => mayHold(path, folder) || !ofOthers.has(path))
  }
}
