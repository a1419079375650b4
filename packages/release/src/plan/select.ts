import { normalizeName } from '@slipway/core/name'
import { artifactOf, publishedPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { plannedImages } from '../image/choose.ts'
import { cratesIoNames } from './crates-io.ts'

/** The parts of a plan to release: names, or `auto` alone for all, or `off` alone for none. */
export interface Selection {
  /** Extension crates are published only if named here, or if published before. */
  crates: readonly string[]
  packages: readonly string[]
  /** Rust's target triples of the wheels. */
  targets: readonly string[]
  /** Names of the image, without a tag. */
  images: readonly string[]
}

/** Selects the whole plan. */
export const EVERYTHING: Selection = { crates: [], packages: [], targets: [], images: [] }

/** Returns the names in a selection; null if everything is selected. */
function namesOf(selected: readonly string[]): readonly string[] | null {
  const [only] = selected
  if (only === undefined || (only === 'auto' && selected.length === 1)) return null
  return only === 'off' && selected.length === 1 ? [] : selected
}

/** Returns the crates that are selected by name, which are published even if they are extensions. */
export function namedCrates({ crates }: Pick<Selection, 'crates'>): readonly string[] {
  return namesOf(crates) ?? []
}

/**
 * Returns the plan with only the selected parts; the others are skipped, with that reason.
 * @throws ProblemError `selection-unknown` for a name that is not in the plan
 */
export function selected(plan: Plan, selection: Selection): Plan {
  const [crates, packages, targets] = [selection.crates, selection.packages, selection.targets].map(namesOf)
  const has = (names: readonly string[] | null | undefined, name: string) =>
    !names || names.some((each) => normalizeName(each) === normalizeName(name))
  const unknown = [
    ...unknownNames('crates', crates, cratesIoNames(plan)),
    ...unknownNames(
      'packages',
      packages,
      publishedPackages(plan).map((each) => each.name),
    ),
    ...unknownNames('targets', targets, plan.matrix.map((each) => each.target).filter(Boolean)),
  ]
  if (unknown.length > 0) throw new ProblemError(unknown)
  const leftOut = (input: string) => `The input \`${input}\` does not select it.`
  const images = plannedImages(plan, selection.images)
  const skipped = [
    ...plan.crates.filter((each) => !has(crates, each.name)).map((each) => artifactOf('crate', each)),
    ...plan.packages.filter((each) => !has(packages, each.name)).map((each) => artifactOf('Python package', each)),
  ]
  return {
    ...plan,
    crates: plan.crates.map((each) =>
      has(crates, each.name) || !each.publish ? each : { ...each, publish: false, reason: leftOut('crates') },
    ),
    packages: plan.packages.map((each) =>
      has(packages, each.name) || each.reason !== undefined ? each : { ...each, reason: leftOut('packages') },
    ),
    images,
    destinations: plan.destinations.filter(({ publisher, target, artifact }) =>
      publisher === 'oci' ? images.some((each) => each.name === target) : !skipped.includes(artifact),
    ),
    matrix: withSdists(
      plan.matrix.filter((each) => has(packages, each.package) && (each.target === '' || has(targets, each.target))),
    ),
  }
}

/** Lets the first remaining job of each package build its sdist. */
function withSdists(matrix: Plan['matrix']): Plan['matrix'] {
  const first = (name: string) => matrix.findIndex((each) => each.package === name)
  return matrix.map((each, index) => ({ ...each, sdist: index === first(each.package) }))
}

function unknownNames(input: string, names: readonly string[] | null | undefined, known: readonly string[]): Problem[] {
  return (names ?? []).flatMap((name) => {
    if (known.some((each) => normalizeName(each) === normalizeName(name))) return []
    const hint =
      known.length === 0
        ? 'Leave the input out: the plan has none.'
        : `Use ${[...new Set(known)].join(', ')}; \`auto\` selects all, \`off\` none.`
    return [error('selection-unknown', `The input \`${input}\` names ${name}, which is not in the plan.`, hint)]
  })
}
