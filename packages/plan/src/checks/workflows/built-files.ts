import { commands, type Job, type Step } from '@slipway/documents/workflows/jobs'
import { MAX_BUILD_PATH_CHARS, MAX_BUILD_PATHS } from '../../limits.ts'

/** Commands that build wheels with maturin; `publish` also uploads them. */
export const BY_MATURIN = /\bmaturin\s+(?:build|b|publish)\b/
const PUBLISHES = /\bmaturin\s+publish\b/
/** Commands that call the build backend of a package. */
const BY_BACKEND = /\bpython3?\s+-m\s+build\b|\b(?:pyproject-build|pipx\s+run\s+build|uv\s+build)\b/

/** Whether a command builds a wheel through PEP 517; maturin then tags it `linux`, for this machine. */
export function buildsByBackend(line: string): boolean {
  if (/\bpip3?\s+wheel\b/.test(line)) return true
  return BY_BACKEND.test(line) && (!/\s(?:-s\b|--sdist\b)/.test(line) || /\s(?:-w\b|--wheel\b)/.test(line))
}

/** Returns the commands of a step that build wheels, or its arguments for maturin's action. */
export function wheelBuildsOf(step: Step): string[] {
  if (/\/maturin-action$/.test(step.action))
    return /^(?:sdist|upload|develop)$/.test(step.input('command')?.text ?? '')
      ? []
      : [` ${step.input('args')?.text ?? ''}`]
  return commands(step, /\S/).flatMap(({ line }) => (BY_MATURIN.test(line) || buildsByBackend(line) ? [line] : []))
}

/** Commands that upload what was built. */
const UPLOAD_COMMANDS = /\b(?:maturin\s+(?:publish|upload)|twine upload|uv publish)\b/
/** Actions that upload what was built. */
const UPLOAD_ACTIONS = /\/(?:upload-artifact|gh-action-pypi-publish|action-gh-release)$/

/** Whether a step's action uploads files. */
export function isUploadAction({ action }: Pick<Step, 'action'>): boolean {
  return UPLOAD_ACTIONS.test(action)
}

/** Whether a step uploads anything to be published; uploads after a failure are not. */
function isUpload({ action, run, condition }: Step): boolean {
  return (UPLOAD_ACTIONS.test(action) || UPLOAD_COMMANDS.test(run)) && !/\b(?:failure|cancelled)\(/.test(condition)
}

/** Whether a job uploads anything to be published. */
export function uploadsAnything({ steps }: Job): boolean {
  return steps.some(isUpload)
}

/** Returns the paths that a step uploads, as written; null for an upload whose path is unknown. */
function uploadedPaths(step: Step): (string | null)[] {
  if (!isUpload(step)) return []
  if (UPLOAD_ACTIONS.test(step.action)) {
    const input = step.input('path') ?? step.input('files') ?? step.input('packages-dir') ?? step.input('packages_dir')
    if (input)
      return input.text
        .split('\n')
        .map((each) => each.trim())
        .filter((each) => each !== '' && !each.startsWith('!'))
    return [/pypi-publish$/.test(step.action) ? 'dist' : null]
  }
  return commands(step, UPLOAD_COMMANDS).flatMap(({ line }) => {
    // `maturin publish` builds what it uploads.
    if (PUBLISHES.test(line)) return []
    const [, rest = ''] = /\b(?:twine upload|uv publish)\b(.*)/.exec(line) ?? []
    const paths = rest.split(/[\s"']+/).filter((each) => /[/*.]/.test(each) && !/^-|:\/\//.test(each))
    return paths.length > 0 ? paths : [null]
  })
}

/** Returns the output folder that a command names; null for none. */
export function outputFolder(line: string): string | null {
  // For `build`, `-w` means `--wheel`.
  const options = `-o|--out|--outdir|--out-dir|${/\bpip3?\s+wheel\b/.test(line) ? '-w|' : ''}--wheel-dir|-d|--dist-dir`
  return new RegExp(`\\s(?:${options})(?:\\s+|=)["']?([^\\s"']+)`).exec(line)?.[1] ?? null
}

/** Files that are not wheels: `dist/*.tar.gz`, `coverage.xml`. */
const OTHER_FILES = /\*[^/]*\.(?!whl$|\*)[\w.]+$|[^/*]\.(?!whl$)[A-Za-z]\w*$/
/** Paths that suggest built files, and not reports; files in `target` are recognized by their folder. */
const BUILT_PATH = /^(?!.*(?:report|cov|test|log|bench|doc|htm)).*(?:dist|wheel|whl|package|artifact|out|build|\$)/is

/** Returns the parts of a path that are not patterns. */
function partsOf(path: string): string[] {
  return path.split('/').filter((each) => !/^\.*$|[*?[]/.test(each))
}

/** Whether an uploaded path may contain the wheels of a folder, by name: the folder it is relative to is unknown. */
function mayContain(path: string | null, folder: string): boolean {
  if (path === null || path.includes('$') || folder.includes('$')) return true
  const [inPath, inFolder] = [partsOf(path), partsOf(folder)]
  if (inPath.length === 0 || inFolder.length === 0) return true
  return inPath.includes(inFolder.at(-1) ?? '') || inFolder.includes(inPath.at(-1) ?? '')
}

/** Returns the distinct texts, up to the limits. */
function bounded<T extends string | null>(all: Iterable<T>): T[] {
  return [...new Set(all)]
    .filter((each) => each === null || each.length <= MAX_BUILD_PATH_CHARS)
    .slice(0, MAX_BUILD_PATHS)
}

/**
 * Returns a function that checks whether a job may upload the wheels of a build, given its command or arguments of maturin:
 * not when it uploads only what other commands put elsewhere.
 */
export function uploadTestOf({ steps }: Job): (line: string) => boolean {
  const lines = steps.flatMap((each) => commands(each, /\S/).map((command) => command.line))
  const moves = bounded(lines.filter((each) => /\b(?:cp|mv|rsync|rename)\b/.test(each)))
  const folders = bounded(lines.flatMap((each) => outputFolder(each) ?? []))
  const paths = bounded(steps.flatMap(uploadedPaths)).filter((each) => each === null || !OTHER_FILES.test(each))
  const isElsewhere = (path: string | null) =>
    path !== null && (!BUILT_PATH.test(path) || folders.some((each) => mayContain(path, each)))
  const hasUnknown = paths.some((path) => !isElsewhere(path))
  return (line) => {
    if (hasUnknown || PUBLISHES.test(line)) return true
    const folder =
      outputFolder(line) ?? (buildsByBackend(line) ? (/\bpip3?\s+wheel\b/.test(line) ? '.' : 'dist') : 'target/wheels')
    const last = partsOf(folder).at(-1)
    const isMoved = last !== undefined && moves.some((each) => each.includes(last))
    return isMoved || paths.some((path) => mayContain(path, folder))
  }
}
