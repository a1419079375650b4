import type { PlannedCrate } from '@slipway/core/plan'
import type { Problem } from '@slipway/core/problem'
import type { Crate } from '@slipway/project/cargo/crate'
import { mayBePublished, whyNotForRust } from '@slipway/project/cargo/crate-use'
import { fieldOf } from '@slipway/project/cargo/field'
import { publishOrder } from '@slipway/project/cargo/publish-order'
import type { Project } from '@slipway/project/project'
import { whyKept } from '@slipway/project/settings/by-name'

/** Returns why a crate is not published; null when it is. @param named extension crates to publish anyway */
function reasonNotPublished(crate: Crate, { packages, settings }: Project, named: readonly string[]): string | null {
  if (crate.reason !== undefined) return crate.reason
  if (crate.place === null) return 'Its Cargo.toml has no version.'
  const setting = settings.crates[crate.name]?.publish
  const kept = whyKept(settings, crate.name, setting)
  if (kept !== null) return kept
  if (crate.publish === false)
    return `Its Cargo.toml says \`publish = ${JSON.stringify(fieldOf(crate, 'publish').value)}\`.`
  return setting === true || named.includes(crate.name) ? null : whyNotForRust(crate, packages)
}

/**
 * Decides which crates are published. Returns those first, in publish order, then the others with the reason, by name.
 * Crates that depend on each other in a cycle are a problem.
 * @param named extension crates to publish, though Rust programs cannot use them
 */
export function planCrates(
  project: Project,
  named: readonly string[],
): { crates: PlannedCrate[]; problems: Problem[] } {
  const { crates, packages, settings } = project
  const reasons = new Map(crates.map((each) => [each, reasonNotPublished(each, project, named)]))
  const published = crates.filter((each) => reasons.get(each) === null)
  const unpublished = crates.filter((each) => reasons.get(each) !== null)
  const { order, problems } = publishOrder(published)
  const all = [...order, ...unpublished.sort((a, b) => (a.name < b.name ? -1 : 1))]
  const planned = all.map((crate): PlannedCrate => {
    const { name, version, path, publish, because } = crate
    const reason = reasons.get(crate)
    if (!reason) return { name, version, path, publish, ...(because !== undefined && { because }) }
    const isDecided = publish === false || settings.crates[name]?.publish !== undefined
    const extension = !isDecided && mayBePublished(crate, packages)
    const more = { ...(extension && { extension }), ...(crate.unproven === 'workflows' && { unproven: true as const }) }
    return { name, version, path, publish: false, reason, ...more }
  })
  return { crates: planned, problems }
}
