import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { publishedCrates } from './build.ts'
import { plannedImages } from './image/choose.ts'

/** What of a plan is released: names, `auto` alone for all that the plan has, `off` alone for none. */
export interface Selection {
  /** Extension crates among them are published only when they are named, or were before. */
  crates: readonly string[]
  packages: readonly string[]
  /** Rust's target triples of the wheels. */
  targets: readonly string[]
  /** Names of the image, without a tag. */
  images: readonly string[]
}

/** All of a plan. */
export const EVERYTHING: Selection = { crates: [], packages: [], targets: [], images: [] }

/** The names of a selection; null where everything is selected. */
function namesOf(selected: readonly string[]): readonly string[] | null {
  const [only] = selected
  if (only === undefined || (only === 'auto' && selected.length === 1)) return null
  return only === 'off' && selected.length === 1 ? [] : selected
}

/** The crates that are named: those to publish although they are extensions. */
export function namedCrates({ crates }: Pick<Selection, 'crates'>): readonly string[] {
  return namesOf(crates) ?? []
}

/**
 * The plan of what is selected: the rest is kept back, with that reason.
 * @throws ProblemError `selection-unknown` for a name that the plan does not have
 */
export function selected(plan: Plan, selection: Selection): Plan {
  const [crates, packages, targets] = [selection.crates, selection.packages, selection.targets].map(namesOf)
  const has = (names: readonly string[] | null | undefined, name: string) =>
    !names || names.some((each) => normalizeName(each) === normalizeName(name))
  const unknown = [
    ...unknownNames('crates', crates, publishedCrates(plan)),
    ...unknownNames(
      'packages',
      packages,
      publishedPackages(plan).map((each) => each.name),
    ),
    ...unknownNames('targets', targets, plan.matrix.map((each) => each.target).filter(Boolean)),
  ]
  if (unknown.length > 0) throw new ProblemError(unknown)
  const leftOut = (input: string) => `The input \`${input}\` leaves it out.`
  return {
    ...plan,
    crates: plan.crates.map((each) =>
      has(crates, each.name) || !each.publish ? each : { ...each, publish: false, reason: leftOut('crates') },
    ),
    packages: plan.packages.map((each) =>
      has(packages, each.name) || each.reason !== undefined ? each : { ...each, reason: leftOut('packages') },
    ),
    images: plannedImages(plan, selection.images),
    matrix: withSdists(
      plan.matrix.filter((each) => has(packages, each.package) && (each.target === '' || has(targets, each.target))),
    ),
  }
}

/** One job of each package builds its sdist, whichever were left out. */
function withSdists(matrix: Plan['matrix']): Plan['matrix'] {
  const first = (name: string) => matrix.findIndex((each) => each.package === name)
  return matrix.map((each, index) => ({ ...each, sdist: index === first(each.package) }))
}

function unknownNames(input: string, names: readonly string[] | null | undefined, known: readonly string[]): Problem[] {
  return (names ?? []).flatMap((name) => {
    if (known.some((each) => normalizeName(each) === normalizeName(name))) return []
    const hint =
      known.length === 0
        ? 'The plan has none.'
        : `Name some of ${[...new Set(known)].join(', ')}; or \`auto\` for all, \`off\` for none.`
    return [error('selection-unknown', `The input \`${input}\` names ${name}, which the plan does not release.`, hint)]
  })
}
