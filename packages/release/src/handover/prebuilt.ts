import { basename, join, posix, relative, sep } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import type { Artifact } from '@slipway/core/artifact'
import type { ArtifactStore } from '@slipway/core/artifact-store'
import { few } from '@slipway/core/counted'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { parseSdistFilename, parseWheelFilename } from '@slipway/core/python/filename'
import { globMatcher } from '@slipway/documents/ignore/glob'
import { PREBUILT_GLOB, parsePrebuiltGlob, wrongPrebuiltGlob } from '@slipway/project/settings/prebuilt'
import { downloaded } from './builds.ts'
import { filesUnder } from './handover.ts'

/**
 * Checks patterns of an input, as those of slipway.toml are checked.
 * @throws ProblemError `input-invalid`
 */
export function requirePrebuiltGlobs(globs: readonly string[]): void {
  const problems = globs.flatMap((glob) => {
    const why = wrongPrebuiltGlob(glob)
    const message = `${JSON.stringify(glob)} is not allowed for the input \`prebuilt\`: it ${why}.`
    return why === null ? [] : [error('input-invalid', message, `Pass ${PREBUILT_GLOB}.`)]
  })
  if (problems.length > 0) throw new ProblemError(problems)
}

/** Options of downloading prebuilt files. */
export interface PrebuiltDownload {
  /** Patterns of the names of this run's artifacts; empty for none. */
  prebuiltArtifacts?: readonly string[]
  store?: ArtifactStore | null
}

/**
 * Downloads the artifacts of this run that have prebuilt files. Returns the paths of all their files.
 * @throws ProblemError `no-artifact-store`, `prebuilt-missing` for a pattern that no artifact matches
 */
export async function downloadPrebuilt(
  ports: Ports,
  { prebuiltArtifacts: patterns = [], store = null }: PrebuiltDownload,
): Promise<string[]> {
  if (patterns.length === 0) return []
  if (store === null) throw new ProblemError(noStore())
  const matchers = patterns.map((pattern) => ({ pattern, matches: globMatcher(pattern) }))
  const names = await store.list()
  const unmatched = matchers.filter(({ matches }) => !names.some(matches))
  if (unmatched.length > 0) throw new ProblemError(unmatched.map(({ pattern }) => noArtifact(pattern, names)))
  return filesUnder(await downloaded(ports, store, (name) => matchers.some(({ matches }) => matches(name))))
}

/** The wheels and sdists of a release that another job built. */
export interface Prebuilt {
  /** At their own paths. Those of no package in the plan are among them, for the inspection to report. */
  artifacts: Artifact[]
  /** A problem for each pattern without files, and each package without a file of its pattern's kind. */
  missing: Problem[]
}

/** Where prebuilt files are. Paths are absolute. */
export interface PrebuiltSources {
  /** The project. */
  dir: string
  /** Downloaded files, which patterns match by the name alone. */
  downloads?: readonly string[]
}

/** Returns the folder above the wildcards of a pattern: `wheelhouse` of `wheelhouse/*.whl`. */
function fixedFolder(glob: string): string {
  const parts = glob.split('/').slice(0, -1)
  const first = parts.findIndex((each) => /[*?[]/.test(each))
  return join(...(first === -1 ? parts : parts.slice(0, first)))
}

/** Returns the files that a pattern matches, absolute and sorted. */
async function matching(glob: string, { dir, downloads = [] }: PrebuiltSources): Promise<string[]> {
  const path = posix.normalize(glob)
  const [matches, matchesName] = [globMatcher(path), globMatcher(posix.basename(path))]
  const files = await filesUnder(join(dir, fixedFolder(path)))
  return [
    ...files.filter((each) => matches(relative(dir, each).replaceAll(sep, '/'))),
    ...downloads.filter((each) => matchesName(basename(each))),
  ].sort()
}

/** Describes a file as Slipway's own builds are: with the name and version of its package in the plan. */
function describe(plan: Plan, path: string, kind: 'wheel' | 'sdist'): Promise<Artifact> {
  const filename = basename(path)
  const named = kind === 'wheel' ? parseWheelFilename(filename) : parseSdistFilename(filename)
  const { distribution = '', version = '' } = named ?? {}
  const planned = plan.packages.find((each) => normalizeName(each.name) === normalizeName(distribution))
  return describeFile(kind, planned?.name ?? distribution, planned?.version ?? version, path)
}

/** Finds the files of a plan's prebuilt packages. The package of each follows from its name. */
export async function prebuiltFiles(plan: Plan, sources: PrebuiltSources): Promise<Prebuilt> {
  const packages = publishedPackages(plan)
  const globs = new Set(packages.flatMap((each) => each.prebuilt ?? []))
  const found = new Map<string, Artifact>()
  const missing: Problem[] = []
  for (const { glob, kind } of [...globs].flatMap((each) => parsePrebuiltGlob(each) ?? [])) {
    const files = await matching(glob, sources)
    if (files.length === 0) missing.push(nothingMatches(glob))
    for (const each of files) found.set(each, await describe(plan, each, kind))
  }
  const artifacts = [...found.values()]
  return { artifacts, missing: missing.length > 0 ? missing : packages.flatMap((each) => missingOf(each, artifacts)) }
}

/** Returns a problem for each kind of file that the patterns of a package promise, and it has none of. */
function missingOf({ name, prebuilt = [] }: PlannedPackage, artifacts: readonly Artifact[]): Problem[] {
  const kinds = new Set(prebuilt.flatMap((each) => parsePrebuiltGlob(each)?.kind ?? []))
  return [...kinds].flatMap((kind) => {
    if (artifacts.some((each) => each.kind === kind && each.project === name)) return []
    const message = `No ${kind} of ${name} matches \`${prebuilt.join('`, `')}\`, so the release would be incomplete.`
    return [error('prebuilt-missing', message, DOWNLOAD)]
  })
}

const DOWNLOAD =
  'Run the job that builds them before this one, and download its files (`prebuilt-artifacts`, or actions/download-artifact).'

function nothingMatches(glob: string): Problem {
  return error('prebuilt-missing', `No file matches \`${glob}\`, so the release would be incomplete.`, DOWNLOAD)
}

function noArtifact(pattern: string, names: readonly string[]): Problem {
  const message = `This run has no artifact \`${pattern}\`, so its prebuilt files are missing.`
  const hint = names.length === 0 ? DOWNLOAD : `Use the name of one of the run's artifacts: ${few(names)}.`
  return error('prebuilt-missing', message, hint)
}

function noStore(): Problem {
  const message = '`prebuilt-artifacts` is set, but this runner has no artifact service.'
  return error('no-artifact-store', message, 'Leave it out, and put the files where `prebuilt` names them.')
}
