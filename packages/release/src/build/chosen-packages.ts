import { normalizeName } from '@slipway/core/name'
import { builtPackages, publishedPackages } from '@slipway/core/overview'
import type { Plan, PlannedPackage } from '@slipway/core/plan'
import { error, type Problem, ProblemError } from '@slipway/core/problem'

/**
 * Returns the packages to build.
 * @param names empty for all that are published and that no other job builds
 * @throws ProblemError `package-not-planned`, `package-prebuilt`
 */
export function chosenPackages(plan: Plan, names: readonly string[]): PlannedPackage[] {
  const all = builtPackages(plan)
  if (names.length === 0) return all
  return names.map((name) => {
    const found = all.find((each) => normalizeName(each.name) === normalizeName(name))
    if (found) return found
    const other = publishedPackages(plan).find((each) => normalizeName(each.name) === normalizeName(name))
    if (other) throw new ProblemError(isPrebuilt(other))
    const hint =
      all.length === 0
        ? 'Leave the input out: the plan has none.'
        : `Name one of ${all.map((each) => each.name).join(', ')}.`
    throw new ProblemError(error('package-not-planned', `${name} is not one of the published Python packages.`, hint))
  })
}

function isPrebuilt({ name, prebuilt = [] }: PlannedPackage): Problem {
  const message = `Slipway does not build ${name}: another job builds \`${prebuilt.join('`, `')}\`.`
  return error('package-prebuilt', message, "Leave it out: the plan's `matrix` has no job for it.")
}
