import { error, type Problem } from '@slipway/core/problem'
import type { Crate } from './crate.ts'
import type { Dependency } from './dependency.ts'

/** A crate that needs another on the registry, and by what. */
interface Edge {
  from: Crate
  by: Dependency
}

/** What a cycle is told as: by the dev-dependency in it that is most easily done without, or else what closes it. */
function cycleProblem(edges: readonly [Edge, ...Edge[]]): Problem {
  const [first] = edges
  const cycle = [...edges.map((each) => each.from.name), first.from.name].join(' -> ')
  const dev = edges.find((each) => each.by.kind === 'dev')
  const { from, by } = dev ?? (edges.at(-1) as Edge)
  const message = `No order of publishing fits ${cycle}: each needs the other on the registry first.`
  const hint = dev
    ? `Let the dev-dependency of ${from.name} on ${by.name} have a \`path\` and no \`version\`: cargo strips it then. Or do without it.`
    : `Remove the dependency of ${from.name} on ${by.name}, or move what both need into a crate of its own.`
  return error('dependency-cycle', message, hint, by.usedAt)
}

/**
 * Crates in an order in which they can be published: each after the local ones that it needs on the registry. A
 * dev-dependency counts when it has a version: cargo strips those that have only a path.
 * A cycle is a problem (`dependency-cycle`): its crates, and the line of the edge to take out.
 */
export function publishOrder(crates: readonly Crate[]): { order: Crate[]; problems: Problem[] } {
  const byPath = new Map(crates.map((each) => [each.path, each]))
  const order = new Set<Crate>()
  const problems: Problem[] = []
  const visit = (crate: Crate, above: readonly Edge[]): void => {
    if (order.has(crate)) return
    const [first, ...more] = above.slice(above.findIndex((each) => each.from === crate))
    if (first?.from === crate) {
      problems.push(cycleProblem([first, ...more]))
      return
    }
    for (const by of crate.dependencies) {
      const local = by.path === undefined ? undefined : byPath.get(by.path)
      const counts = by.kind !== 'dev' || by.version !== undefined
      if (local && counts) visit(local, [...above, { from: crate, by }])
    }
    order.add(crate)
  }
  for (const each of [...crates].sort((a, b) => (a.name < b.name ? -1 : 1))) visit(each, [])
  return { order: [...order], problems }
}
