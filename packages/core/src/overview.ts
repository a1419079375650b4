import type { Destination, Plan, PlannedPackage } from './plan.ts'

/** The Python packages of a plan that are published. */
export function publishedPackages({ packages }: Pick<Plan, 'packages'>): PlannedPackage[] {
  return packages.filter((each) => each.reason === undefined)
}

/** Something of the project, and where it goes: one row for people. */
export interface OverviewRow {
  what: string
  /** Where it goes; empty when it goes nowhere. */
  to: string
  /** What is known of it there: null when it goes nowhere. */
  state: Destination['state'] | null
  /** What was seen there, or why it goes nowhere. */
  detail: string
}

/** Where things go by the project's own files: what a plan says that knows of no destination. */
function byFiles(plan: Plan): OverviewRow[] {
  const asked = { state: 'unknown', detail: 'not asked' } as const
  const { version } = plan
  const crates = plan.crates.flatMap((each) => {
    const registries = each.publish === true ? ['crates.io'] : each.publish || []
    return registries.map((to) => ({ what: `crate ${each.name} ${each.version}`, to, ...asked }))
  })
  const packages = publishedPackages(plan).map((each) => {
    const wheels = each.abi3 ? ` (one wheel a platform, from ${each.abi3} on)` : ''
    return { what: `Python package ${each.name} ${each.version}${wheels}`, to: 'PyPI', ...asked }
  })
  const images = plan.images.map(({ name, file }) => ({ what: `image ${version} of ${file}`, to: name, ...asked }))
  return [...images, { what: `release ${plan.tag}`, to: 'GitHub', ...asked }, ...crates, ...packages]
}

/** Why documentation goes nowhere. */
function byOthers(generator: string): string {
  return `It is built by ${generator}; Slipway does not publish documentation.`
}

/** As many things that have their reason in common get a row each. */
const MOST_ROWS = 3

/** What goes nowhere, and why: what is many for one reason in one row. */
function goneNowhere(plan: Plan): OverviewRow[] {
  const groups = new Map<string, { kind: string; reason: string; names: string[] }>()
  const add = (kind: string, name: string, reason: string | undefined) => {
    if (reason === undefined) return
    const key = `${kind}: ${reason}`
    const group = groups.get(key) ?? { kind, reason, names: [] }
    group.names.push(name)
    groups.set(key, group)
  }
  for (const { name, reason } of plan.crates) add('crate', name, reason)
  for (const { name, reason } of plan.packages) add('Python package', name, reason)
  for (const { file, generator } of plan.docs) add('documentation', file, byOthers(generator))
  return [...groups.values()].flatMap(({ kind, reason, names }) => {
    const nowhere = { to: '', state: null }
    return names.length > MOST_ROWS
      ? [{ ...nowhere, what: counted(names.length, kind), detail: `${reason} (${names.join(', ')})` }]
      : names.map((each) => ({ ...nowhere, what: `${kind} ${each}`, detail: reason }))
  })
}

/** What goes where and what is known of it there, in the order of the release, then what goes nowhere and why. */
export function overviewOf(plan: Plan): OverviewRow[] {
  const to = plan.destinations.map(({ artifact, target, state, detail, login }): OverviewRow => {
    return { what: artifact, to: target, state, detail: login === null ? detail : `${detail}; ${login}` }
  })
  return [...(to.length > 0 ? to : byFiles(plan)), ...goneNowhere(plan)]
}

/** The release in one line: `version 1.2.0-rc.1 (Python 1.2.0rc1), a prerelease, at 0123456`. */
export function headlineOf({ version, pythonVersion, prerelease, makeLatest, commit, packages }: Plan): string {
  const isSame = pythonVersion === version || packages.length === 0
  const python = isSame ? '' : ` (Python ${pythonVersion ?? 'has no such version'})`
  const kind = prerelease ? ', a prerelease' : makeLatest ? ', becomes the latest' : ', does not become the latest'
  return `version ${version}${python}${kind}${commit === null ? '' : `, at ${commit.slice(0, 7)}`}`
}

/** What is packaged of each crate that goes out, as far as it is known: its files, and their length for people. */
export function packagedCrates({ crates }: Plan): { name: string; files: string[]; size: string }[] {
  return crates.flatMap(({ name, contents }) => {
    if (!contents) return []
    const { files, bytes } = contents
    const [unit, divisor] = bytes < 2 ** 20 ? ['KiB', 2 ** 10] : ['MiB', 2 ** 20]
    return [{ name, files, size: `${(bytes / divisor).toFixed(1)} ${unit}` }]
  })
}

/** A number of things: `1 error`, `2 errors`. */
export function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
