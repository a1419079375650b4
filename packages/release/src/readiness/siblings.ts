import { error } from '@slipway/core/problem'
import { accepts } from '@slipway/core/requirement'
import { allowedRegistries } from '@slipway/project/cargo/crate'
import { fieldOf } from '@slipway/project/cargo/field'
import type { Project } from '@slipway/project/project'
import { cratesIoVersions } from '@slipway/registries/crates/inquiry'
import { type Findings, type Inquiry, joined } from '@slipway/registries/inquiry'

/**
 * Checks crates that this release does not publish but whose dependents it does: they must already be on crates.io.
 * Skips crates that their manifest keeps private, which a check without queries reports.
 */
export async function askSiblings(inquiry: Inquiry, project: Project): Promise<Findings> {
  const { plan } = inquiry
  const published = plan.crates.filter((each) => each.publish !== false).map((each) => each.path)
  const found: Findings = { destinations: [], problems: [], notChecked: [], versions: [] }
  if (plan.crates.length === published.length || published.length === 0) return found
  const { crates } = project
  const needs = crates
    .filter((each) => plan.crates.some(({ path, publish }) => path === each.path && publish === true))
    .flatMap((crate) => crate.dependencies.map((dependency) => ({ crate, dependency })))
    .filter(({ dependency: { path = '', version } }) => {
      const sibling = crates.find((each) => each.path === path)
      return (
        version !== undefined &&
        sibling &&
        !published.includes(path) &&
        allowedRegistries(fieldOf(sibling, 'publish').value) !== false
      )
    })
  const asked = await Promise.all(
    needs.map(async ({ crate, dependency: { name, version = '', where } }): Promise<Findings> => {
      const known = await cratesIoVersions(name, inquiry)
      if ('reason' in known)
        return {
          ...found,
          notChecked: [`Whether crates.io has the ${name} that ${crate.name} needs: ${known.reason}.`],
        }
      // Cargo reports an invalid requirement.
      if (known.value.some((each) => !each.yanked && accepts(version, each.vers) !== false)) return found
      const message = `crates.io would refuse ${crate.name}: it needs ${name} ${version}, which is neither on crates.io nor in this release.`
      const hint = `Release ${name} first, or in the same release.`
      return { ...found, problems: [error('sibling-not-on-registry', message, hint, where)] }
    }),
  )
  return joined(asked)
}
