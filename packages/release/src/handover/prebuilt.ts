import { basename, join, relative, sep } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import type { Artifact } from '@slipway/core/artifact'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { parseSdistFilename, parseWheelFilename } from '@slipway/core/python/filename'
import { globMatcher } from '@slipway/documents/ignore/glob'
import { PREBUILT_GLOB, parsePrebuiltGlob, wrongPrebuiltGlob } from '@slipway/project/settings/prebuilt'
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

/** The wheels and sdists of a release that another job built. */
export interface Prebuilt {
  /** At their own paths. Those of no package in the plan are among them, for the inspection to report. */
  artifacts: Artifact[]
  /** A problem for each pattern without files, and each package without a file of its pattern's kind. */
  missing: Problem[]
}

/** Returns the folder above the wildcards of a pattern: `wheelhouse` of `wheelhouse/*.whl`. */
function folderOf(glob: string): string {
  const parts = glob.split('/').slice(0, -1)
  const first = parts.findIndex((each) => /[*?[]/.test(each))
  return join(...(first === -1 ? parts : parts.slice(0, first)))
}

/** Returns the files in a project that a pattern matches, absolute and sorted. */
async function matching(dir: string, glob: string): Promise<string[]> {
  const matches = globMatcher(glob)
  const files = await filesUnder(join(dir, folderOf(glob)))
  return files.filter((each) => matches(relative(dir, each).replaceAll(sep, '/'))).sort()
}

/** Describes a file as Slipway's own builds are: with the name and version of its package in the plan. */
function describe(plan: Plan, path: string, kind: 'wheel' | 'sdist'): Promise<Artifact> {
  const filename = basename(path)
  const named = kind === 'wheel' ? parseWheelFilename(filename) : parseSdistFilename(filename)
  const { distribution = '', version = '' } = named ?? {}
  const planned = plan.packages.find((each) => normalizeName(each.name) === normalizeName(distribution))
  return describeFile(kind, planned?.name ?? distribution, planned?.version ?? version, path)
}

/**
 * Finds the files of a plan's prebuilt packages. The package of each follows from its name.
 * @param dir the project, absolute
 */
export async function prebuiltFiles(plan: Plan, dir: string): Promise<Prebuilt> {
  const packages = publishedPackages(plan)
  const globs = [...new Set(packages.flatMap((each) => each.prebuilt ?? []))].flatMap(
    (each) => parsePrebuiltGlob(each) ?? [],
  )
  const found = new Map<string, Artifact>()
  const missing: Problem[] = []
  for (const { glob, kind } of globs) {
    const files = await matching(dir, glob)
    if (files.length === 0) missing.push(nothingMatches(glob))
    for (const each of files) found.set(each, await describe(plan, each, kind))
  }
  const artifacts = [...found.values()]
  if (missing.length === 0) {
    for (const { name, prebuilt = [] } of packages) {
      const kinds = new Set(prebuilt.flatMap((each) => parsePrebuiltGlob(each)?.kind ?? []))
      const has = (kind: string) => artifacts.some((each) => each.kind === kind && each.project === name)
      for (const kind of kinds) if (!has(kind)) missing.push(fileMissing(kind, name, prebuilt))
    }
  }
  return { artifacts, missing }
}

const DOWNLOAD =
  'Download the files of the job that builds them before this step: actions/download-artifact with `merge-multiple: true`.'

function nothingMatches(glob: string): Problem {
  return error('prebuilt-missing', `No file matches \`${glob}\`, so the release would be incomplete.`, DOWNLOAD)
}

function fileMissing(kind: string, name: string, globs: readonly string[]): Problem {
  const message = `No ${kind} of ${name} matches \`${globs.join('`, `')}\`, so the release would have none.`
  return error('prebuilt-missing', message, DOWNLOAD)
}
