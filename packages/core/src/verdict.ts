import { counted, few } from './counted.ts'
import { imageBuilds } from './image-build.ts'
import { publishedPackages } from './overview.ts'
import type { Plan } from './plan.ts'
import { singly, total } from './problem-groups.ts'

/** The answer of a plan in one line. */
export interface Verdict {
  /** Whether errors block the release. */
  isBlocked: boolean
  /** `v1.2.0 can be released: 3 crates, 1 package (12 wheels); 1 warning`. */
  text: string
}

/** The trial index: a version that is missing only there is published. */
const TRIAL = 'Test PyPI'

/** Counts the errors and warnings of a plan; null without any. */
function faults({ problems }: Pick<Plan, 'problems'>): string | null {
  const counts = (['error', 'warning'] as const).flatMap((severity) => {
    const count = total(singly(problems.filter((each) => each.severity === severity)))
    return count > 0 ? [counted(count, severity)] : []
  })
  return counts.length > 0 ? counts.join(', ') : null
}

/** Counts what a plan releases: `3 crates, 1 package (12 wheels), 1 image`. */
function contents(plan: Plan): string {
  const isPrebuilt = publishedPackages(plan).some((each) => each.prebuilt !== undefined)
  const kinds = [
    ...(plan.matrix.length > 0 ? [counted(plan.matrix.length, 'wheel')] : []),
    ...(isPrebuilt ? ['prebuilt wheels'] : []),
  ]
  const wheels = kinds.length > 0 ? ` (${kinds.join(' and ')})` : ''
  const parts = [
    [plan.crates.filter((each) => each.publish !== false).length, 'crate', ''],
    [publishedPackages(plan).length, 'package', wheels],
    [imageBuilds(plan).length, 'image', ''],
  ] as const
  return parts.flatMap(([count, what, more]) => (count > 0 ? [counted(count, what) + more] : [])).join(', ')
}

/** Says whether a plan's version can be released, and what that releases; or what blocks it. */
export function verdictOf(plan: Plan): Verdict {
  const { tag, destinations, problems } = plan
  const isBlocked = problems.some((each) => each.severity === 'error')
  const found = faults(plan)
  if (isBlocked) return { isBlocked, text: `${tag || 'This project'} cannot be released: ${found}` }
  const isOut =
    destinations.length > 0 && destinations.every((each) => each.state === 'present' || each.target === TRIAL)
  // Without any answer, only the files were checked.
  const isKnown = destinations.some((each) => each.state !== 'unknown')
  const can = isOut ? 'is published already' : `can be released${isKnown ? '' : ' as far as its files show'}`
  return {
    isBlocked,
    text: `${tag} ${can}: ${contents(plan) || 'only the release on GitHub'}${found === null ? '' : `; ${found}`}`,
  }
}

/** Describes the release in one line: `version 1.2.0-rc.1 (Python 1.2.0rc1), a prerelease, at 0123456`. */
export function headlineOf(plan: Plan): string {
  const { version, pythonVersion, prerelease, makeLatest, commit, packages, because } = plan
  const isSame = pythonVersion === version || packages.length === 0
  const inPython = pythonVersion === null ? ' (no PEP 440 version)' : ` (Python ${pythonVersion})`
  const python = isSame ? '' : inPython
  const kind = prerelease ? ', a prerelease' : makeLatest ? ', becomes the latest' : ', does not become the latest'
  const at = commit === null ? '' : `, at ${commit.slice(0, 7)}`
  return `version ${version}${python}${kind}${at}${because === undefined ? '' : `; form of the tag: ${because}`}`
}

/**
 * Lists the release trains of the project, if there are several: `tags like rust-v{version} release a, b and 3 more`. The
 * plan is of one of them.
 */
export function trainLines({ trains }: Plan): string[] {
  if (trains.length < 2) return []
  return trains.map(({ pattern, crates, packages, because }) => {
    const members = [
      ...(crates.length > 0 ? [`${crates.length === 1 ? 'crate' : 'crates'} ${few(crates)}`] : []),
      ...(packages.length > 0 ? [`${packages.length === 1 ? 'package' : 'packages'} ${few(packages)}`] : []),
    ]
    return `tags like ${pattern} release ${members.join(', ')} (${because})`
  })
}
