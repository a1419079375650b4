import type { MatrixEntry } from './plan.ts'

/**
 * Where the wheels of a package are built: `native`, each target on a runner of its own system; `cross`, all in one job on
 * Linux; `auto`, in one job where that suffices.
 */
export const STRATEGIES = ['native', 'cross', 'auto'] as const
export type Strategy = (typeof STRATEGIES)[number]

/**
 * Returns the jobs of a workflow's matrix: the planned ones, but those of one package that one job on Linux does as one, with
 * its targets and Pythons separated by commas. Targets with other Pythons are another job, as is a wheel for several Pythons.
 */
export function workflowJobs(matrix: readonly MatrixEntry[]): MatrixEntry[] {
  const pythonsOf = ({ package: name, target }: MatrixEntry) =>
    matrix.filter((each) => each.package === name && each.target === target).map((each) => each.interpreter)
  const together = new Map<string, MatrixEntry[]>()
  for (const each of matrix) {
    const key = each.cross ? `${each.package} ${each.interpreter === ''} ${pythonsOf(each)}` : each.name
    together.set(key, [...(together.get(key) ?? []), each])
  }
  const groups = [...together.values()]
  return groups.map((all) => {
    const [first] = all as [MatrixEntry]
    if (!first.cross) return first
    // The tags and images of the targets differ; build-wheels knows them.
    const { container: _, ...rest } = first
    const others = groups.filter(([each]) => each?.cross && each.package === first.package)
    const nth = others.indexOf(all)
    const joined = (values: readonly string[]) => [...new Set(values)].filter(Boolean).join(',')
    return {
      ...rest,
      name: [first.package, 'cross', ...(nth > 0 ? [nth + 1] : [])].join('-'),
      target: joined(all.map((each) => each.target)),
      interpreter: joined(all.map((each) => each.interpreter)),
      manylinux: '',
      sdist: all.some((each) => each.sdist),
    }
  })
}
