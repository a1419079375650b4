import { error, type Problem } from '@slipway/core/problem'
import type { Crate } from './crate.ts'
import type { Dependency } from './dependency.ts'

/** A crate that needs another on the registry, with the dependency. */
interface Edge {
  dependent: Crate
  dependency: Dependency
}

/** Returns the problem of a cycle, at its first dev-dependency, which is the easiest to remove, or else at its last dependency. */
function cycleProblem(edges: readonly [Edge, ...Edge[]]): Problem {
  const [first] = edges
  const cycle = [...edges.map((each) => each.dependent.name), first.dependent.name].join(' -> ')
  const dev = edges.find((each) => each.dependency.kind === 'dev')
  const { dependent, dependency } = dev ?? (edges.at(-1) as Edge)
  const message = `${cycle} is a cycle: each crate needs the next on the registry first.`
  const hint = dev
    ? `Remove \`version\` from the dev-dependency of ${dependent.name} on ${dependency.name} and keep \`path\`: cargo then strips it.`
    : `Remove the dependency of ${dependent.name} on ${dependency.name}, or move the shared code into a separate crate.`
  return error('dependency-cycle', message, hint, dependency.usedAt)
}

/**
 * Returns crates in an order for publishing: each after the local crates that it needs on the registry. A dev-dependency
 * counts only with a version: cargo strips those with only a path.
 * Reports a cycle (`dependency-cycle`) with its crates and the line of the dependency to remove.
 */
export function publishOrder(crates: readonly Crate[]): { order: Crate[]; problems: Problem[] } {
  const byPath = new Map(crates.map((each) => [each.path, each]))
  const order = new Set<Crate>()
  const problems: Problem[] = []
  const visit = (crate: Crate, above: readonly Edge[]): void => {
    if (order.has(crate)) return
    const [first, ...more] = above.slice(above.findIndex((each) => each.dependent === crate))
    if (first?.dependent === crate) {
      problems.push(cycleProblem([first, ...more]))
      return
    }
    for (const dependency of crate.dependencies) {
      const { path, kind, version } = dependency
      const local = path === undefined ? undefined : byPath.get(path)
      const counts = kind !== 'dev' || version !== undefined
      if (local && counts) visit(local, [...above, { dependent: crate, dependency }])
    }
    order.add(crate)
  }
  for (const each of [...crates].sort((a, b) => (a.name < b.name ? -1 : 1))) visit(each, [])
  return { order: [...order], problems }
}
