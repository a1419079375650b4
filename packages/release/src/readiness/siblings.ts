import { error } from '@slipway/core/problem'
import { accepts } from '@slipway/core/requirement'
import { fieldOf } from '@slipway/project/cargo/field'
import type { Project } from '@slipway/project/project'
import { cratesIoVersions } from '@slipway/registries/crates/inquiry'
import { type Findings, type Inquiry, joined } from '@slipway/registries/inquiry'

/**
 * Crates of the project that others need from crates.io, though this release does not bring them there: kept back by
 * the settings, or released on their own. What the manifests keep from every registry is told without asking.
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
        version !== undefined && sibling && !published.includes(path) && fieldOf(sibling, 'publish').value !== false
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
      // What is no requirement cargo tells.
      if (known.value.some((each) => !each.yanked && accepts(version, each.vers) !== false)) return found
      const message = `${crate.name} needs ${name} ${version}, which crates.io does not have, and this release does not bring it there: crates.io would refuse ${crate.name}.`
      const hint = `Release ${name} first, or with it.`
      return { ...found, problems: [error('sibling-not-on-registry', message, hint, where)] }
    }),
  )
  return joined(asked)
}
