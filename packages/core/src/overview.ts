import { MAX_ROWS_PER_REASON } from './limits.ts'
import type { Destination, Plan, PlannedPackage } from './plan.ts'

/** Returns the Python packages of a plan that are published. */
export function publishedPackages({ packages }: Pick<Plan, 'packages'>): PlannedPackage[] {
  return packages.filter((each) => each.reason === undefined)
}

/** A part of the project and its destination: one row for people. */
export interface OverviewRow {
  what: string
  /** The destination; empty when the part is not published. */
  to: string
  /** Its state at the destination; null when it is not published. */
  state: Destination['state'] | null
  /** What the destination answered, or why the part is not published. */
  detail: string
}

/** Returns the destinations that follow from the project's files, for a plan that asked no remote. */
function byFiles(plan: Plan): OverviewRow[] {
  const unchecked = { state: 'unknown', detail: 'not checked' } as const
  const { version } = plan
  const crates = plan.crates.flatMap((each) => {
    const registries = each.publish === true ? ['crates.io'] : each.publish || []
    return registries.map((to) => ({ what: `crate ${each.name} ${each.version}`, to, ...unchecked }))
  })
  const packages = publishedPackages(plan).map((each) => {
    const wheels = each.abi3 ? ` (one wheel per platform, ${each.abi3} and later)` : ''
    return { what: `Python package ${each.name} ${each.version}${wheels}`, to: 'PyPI', ...unchecked }
  })
  const images = plan.images.map(({ name, file }) => ({ what: `image ${version} of ${file}`, to: name, ...unchecked }))
  return [...images, { what: `release ${plan.tag}`, to: 'GitHub', ...unchecked }, ...crates, ...packages]
}

/** Returns the reason why documentation is not published. */
function docsReason(generator: string): string {
  return `${generator} builds it; Slipway does not publish documentation.`
}

/** Returns the rows of the parts that are not published, with the reason. */
function unpublished(plan: Plan): OverviewRow[] {
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
  for (const { file, generator } of plan.docs) add('documentation', file, docsReason(generator))
  return [...groups.values()].flatMap(({ kind, reason, names }) => {
    const noDestination = { to: '', state: null }
    return names.length > MAX_ROWS_PER_REASON
      ? [{ ...noDestination, what: counted(names.length, kind), detail: `${reason} (${names.join(', ')})` }]
      : names.map((each) => ({ ...noDestination, what: `${kind} ${each}`, detail: reason }))
  })
}

/** Returns the rows of an overview: each destination with its state, in release order, then the unpublished parts. */
export function overviewOf(plan: Plan): OverviewRow[] {
  const to = plan.destinations.map(({ artifact, target, state, detail, login }): OverviewRow => {
    return { what: artifact, to: target, state, detail: login === null ? detail : `${detail}; ${login}` }
  })
  return [...(to.length > 0 ? to : byFiles(plan)), ...unpublished(plan)]
}

const STATE_WORDS: Readonly<Record<string, string>> = {
  absent: 'not published yet',
  'not out': 'not published yet',
  'partly out': 'partly published',
  out: 'published',
  present: 'published',
  same: 'published',
  'not visible': 'no access',
}

/** Returns the words for a state in the JSON of a plan, a report or a preflight; the other states are words already. */
export function stateWords(state: string): string {
  return STATE_WORDS[state] ?? state
}

/** Describes the release in one line: `version 1.2.0-rc.1 (Python 1.2.0rc1), a prerelease, at 0123456`. */
export function headlineOf({ version, pythonVersion, prerelease, makeLatest, commit, packages }: Plan): string {
  const isSame = pythonVersion === version || packages.length === 0
  const inPython = pythonVersion === null ? ' (no PEP 440 version)' : ` (Python ${pythonVersion})`
  const python = isSame ? '' : inPython
  const kind = prerelease ? ', a prerelease' : makeLatest ? ', becomes the latest' : ', does not become the latest'
  return `version ${version}${python}${kind}${commit === null ? '' : `, at ${commit.slice(0, 7)}`}`
}

/** Returns the packaged files of each published crate with known contents, and their size for people. */
export function packagedCrates({ crates }: Plan): { name: string; files: string[]; size: string }[] {
  return crates.flatMap(({ name, contents }) => {
    if (!contents) return []
    const { files, bytes } = contents
    const [unit, divisor] = bytes < 2 ** 20 ? ['KiB', 2 ** 10] : ['MiB', 2 ** 20]
    return [{ name, files, size: `${(bytes / divisor).toFixed(1)} ${unit}` }]
  })
}

/** Formats a number of things: `1 error`, `2 errors`. */
export function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
