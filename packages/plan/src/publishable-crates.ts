import type { PlannedCrate } from '@slipway/core/plan'
import type { Problem } from '@slipway/core/problem'
import type { Crate } from '@slipway/project/cargo/crate'
import { mayBePublished, onlyForOthers } from '@slipway/project/cargo/crate-use'
import { publishOrder } from '@slipway/project/cargo/publish-order'
import type { Project } from '@slipway/project/project'
import { SETTINGS_FILE } from '@slipway/project/settings/settings'

/** Why a crate is not published; null when it is. @param named crates to publish though they are of no use to Rust */
function whyNot(crate: Crate, { packages, settings }: Project, named: readonly string[]): string | null {
  if (crate.reason !== undefined) return crate.reason
  if (crate.place === null) return 'It has no version in its Cargo.toml.'
  const said = settings.crates[crate.name]?.publish
  if (said === false) return `${SETTINGS_FILE} says \`publish = false\`.`
  if (crate.publish === false) return 'Its Cargo.toml says `publish = false`.'
  return said === true || named.includes(crate.name) ? null : onlyForOthers(crate, packages)
}

/**
 * Which crates go to a registry: those that do in the order to publish them in, then the others with the reason.
 * Crates that need each other are a problem.
 * @param named crates to publish though they are of no use to Rust programs
 */
export function planCrates(
  project: Project,
  named: readonly string[],
): { crates: PlannedCrate[]; problems: Problem[] } {
  const { crates, packages, settings } = project
  const reasons = new Map(crates.map((each) => [each, whyNot(each, project, named)]))
  const published = crates.filter((each) => reasons.get(each) === null)
  const kept = crates.filter((each) => reasons.get(each) !== null)
  const { order, problems } = publishOrder(published)
  const all = [...order, ...kept.sort((a, b) => (a.name < b.name ? -1 : 1))]
  const planned = all.map((crate): PlannedCrate => {
    const { name, version, path, publish } = crate
    const reason = reasons.get(crate)
    if (!reason) return { name, version, path, publish }
    const isDecided = publish === false || settings.crates[name]?.publish !== undefined
    const extension = !isDecided && mayBePublished(crate, packages)
    return { name, version, path, publish: false, reason, ...(extension && { extension }) }
  })
  return { crates: planned, problems }
}
