import { error, type Problem } from '@slipway/core/problem'
import type { Crate } from './cargo.ts'
import type { Dependency } from './dependency.ts'

/**
 * Crates in an order in which they can be published: each after the local ones that it needs on the registry. A
 * dev-dependency counts when it has a version: cargo strips those that have only a path.
 * A cycle is a problem (`dependency-cycle`): its crates, and the line that closes it.
 */
export function publishOrder(crates: readonly Crate[]): { order: Crate[]; problems: Problem[] } {
  const byPath = new Map(crates.map((each) => [each.path, each]))
  const order = new Set<Crate>()
  const problems: Problem[] = []
  const visit = (crate: Crate, above: readonly Crate[], by?: Dependency): void => {
    if (order.has(crate)) return
    if (above.includes(crate)) {
      const cycle = [...above.slice(above.indexOf(crate)), crate].map((each) => each.name).join(' -> ')
      const kind = by?.kind === 'dev' ? 'dev-dependency' : 'dependency'
      const hint = `Remove the ${kind} on ${crate.name}, or, if it is a dev-dependency, its \`version\`.`
      const message = `No order of publishing fits ${cycle}: each needs the other on the registry first.`
      problems.push(error('dependency-cycle', message, hint, by?.where))
      return
    }
    for (const dependency of crate.dependencies) {
      const local = dependency.path === undefined ? undefined : byPath.get(dependency.path)
      const counts = dependency.kind !== 'dev' || dependency.version !== undefined
      if (local && counts) visit(local, [...above, crate], dependency)
    }
    order.add(crate)
  }
  for (const each of [...crates].sort((a, b) => (a.name < b.name ? -1 : 1))) visit(each, [])
  return { order: [...order], problems }
}
