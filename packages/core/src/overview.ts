import { counted, few } from './counted.ts'
import { MAX_ROWS_PER_STATE } from './limits.ts'
import type { Destination, Plan, PlannedImage, PlannedPackage } from './plan.ts'

/** Returns the Python packages of a plan that are published. */
export function publishedPackages({ packages }: Pick<Plan, 'packages'>): PlannedPackage[] {
  return packages.filter((each) => each.reason === undefined)
}

/** Returns the published Python packages that Slipway builds, without those that another job builds. */
export function builtPackages(plan: Pick<Plan, 'packages'>): PlannedPackage[] {
  return publishedPackages(plan).filter((each) => each.prebuilt === undefined)
}

/** Returns a crate or package as plans and destinations call it: `crate demo 1.2.0`. */
export function artifactOf(kind: 'crate' | 'Python package', { name, version }: { name: string; version: string }) {
  return `${kind} ${name} ${version}`
}

/** A part of the release and its destination. */
interface Part {
  kind: 'crate' | 'Python package' | 'image' | 'release'
  /** Its name and version. */
  name: string
  to: string
  state: Destination['state']
  /** What the destination answered, how the release logs in there, and what shows that it is published. */
  notes: (string | undefined)[]
}

/** A row for people: a part of the release, or several with one destination and state. */
export interface OverviewRow {
  what: string
  to: string
  state: Destination['state']
  detail: string
}

/** Returns which wheels a package with the stable ABI has; undefined for another, or one that another job builds. */
function wheelsNote({ name, abi3, prebuilt }: PlannedPackage, matrix: Plan['matrix']): string | undefined {
  if (abi3 === null || prebuilt !== undefined) return undefined
  const all = matrix.flatMap((each) => (each.package === name && each.interpreter !== '' ? [each.interpreter] : []))
  const separate = [...new Set(all)]
  const others = separate.length === 0 ? '' : `; others for ${separate.join(', ')}`
  return `one wheel per platform, ${abi3} and later${others}`
}

/** Returns a line for each package with several jobs: whether one job on Linux would suffice, and why not. */
export function oneJobLines({ packages, matrix }: Pick<Plan, 'packages' | 'matrix'>): string[] {
  return publishedPackages({ packages }).flatMap(({ name, oneJob }) => {
    const jobs = matrix.filter((each) => each.package === name)
    if (!oneJob || jobs.length < 2) return []
    if (jobs.some((each) => each.cross)) {
      const doubt = oneJob.suffices ? '' : `, although ${oneJob.why.join('; ')}`
      return [`wheels of ${name}: one job on Linux builds all ${jobs.length}${doubt}`]
    }
    return oneJob.suffices
      ? [`wheels of ${name}: one job on Linux suffices`]
      : [`wheels of ${name}: one job on Linux does not suffice, since ${oneJob.why.join('; ')}`]
  })
}

/** Returns where the wheels of a package come from if another job builds them. */
function prebuiltNote({ prebuilt }: PlannedPackage): string | undefined {
  return prebuilt && `prebuilt, from ${prebuilt.join(', ')}`
}

/** Returns when an image is built, unless that is before anything is published. */
function afterNote({ after }: Pick<PlannedImage, 'after'>): string | undefined {
  return after && 'built once PyPI has the release'
}

/** Returns the parts and destinations that follow from the project's files, for a plan that asked no remote. */
function partsByFiles(plan: Plan): Part[] {
  const { version, tag } = plan
  const state = 'unknown'
  const crates = plan.crates.flatMap(({ name, version, publish, because }): Part[] => {
    const registries = publish === true ? ['crates.io'] : publish || []
    return registries.map((to) => ({ kind: 'crate', name: `${name} ${version}`, to, state, notes: [because] }))
  })
  const packages = publishedPackages(plan).map((each): Part => {
    const { name, version, because } = each
    const notes = [wheelsNote(each, plan.matrix) ?? prebuiltNote(each), because]
    return { kind: 'Python package', name: `${name} ${version}`, to: 'PyPI', state, notes }
  })
  const images = plan.images.map(({ name: to, file, after }): Part => {
    return { kind: 'image', name: `${version} of ${file}`, to, state, notes: [afterNote({ after })] }
  })
  const release: Part = { kind: 'release', name: tag, to: 'GitHub', state, notes: [] }
  const all = [...images, release, ...crates, ...packages]
  return all.map((each) => ({ ...each, notes: ['not checked', ...each.notes] }))
}

const KINDS: Readonly<Record<string, Part['kind']>> = {
  crates: 'crate',
  pypi: 'Python package',
  oci: 'image',
  github: 'release',
}

function partsByDestinations(plan: Plan): Part[] {
  const because = new Map<string, string | undefined>([
    ...plan.crates.map((each) => [artifactOf('crate', each), each.because] as const),
    ...plan.packages.map((each) => [artifactOf('Python package', each), each.because] as const),
  ])
  const prebuilt = new Map(plan.packages.map((each) => [artifactOf('Python package', each), prebuiltNote(each)]))
  const late = new Map(plan.images.map((each) => [each.name, afterNote(each)]))
  return plan.destinations.map(({ publisher, artifact, target: to, state, detail, login, missingLogin }) => {
    const kind = KINDS[publisher] ?? 'release'
    const name = artifact.replace(`${kind} `, '')
    return {
      kind,
      name,
      to,
      state,
      notes: [detail, login ?? missingLogin, prebuilt.get(artifact), late.get(to), because.get(artifact)],
    }
  })
}

/** Returns the parts of a plan with their destinations, in release order. */
function partsOf(plan: Plan): Part[] {
  if (plan.destinations.length === 0) return partsByFiles(plan)
  const asked = partsByDestinations(plan)
  // An input of a step may name another repository than the one that was asked.
  const others = partsByFiles(plan).filter(({ kind, to }) => kind === 'image' && !asked.some((each) => each.to === to))
  return [...others, ...asked]
}

function joined(notes: Part['notes']): string {
  return notes.filter((each) => each !== undefined).join('; ')
}

function rowOf({ kind, name, to, state, notes }: Part): OverviewRow {
  return { what: `${kind} ${name}`, to, state, detail: joined(notes) }
}

/** Returns the rows of an overview: each part of the release with its destination and state, in release order. */
export function overviewOf(plan: Plan): OverviewRow[] {
  return partsOf(plan).map(rowOf)
}

/** Returns the registry of a part: for an image, the first component of its name. */
function registryOf({ kind, to }: Part): string {
  return kind === 'image' ? (to.split('/')[0] as string) : to
}

/** Returns the rows of `overviewOf`, except that more than three parts with one registry and state share a row. */
export function shortOverviewOf(plan: Plan): OverviewRow[] {
  const groups = new Map<string, Part[]>()
  for (const part of partsOf(plan)) {
    const key = JSON.stringify([part.kind, registryOf(part), part.state])
    groups.set(key, [...(groups.get(key) ?? []), part])
  }
  return [...groups.values()].flatMap((parts) => {
    const [first] = parts
    if (first === undefined || parts.length <= MAX_ROWS_PER_STATE) return parts.map(rowOf)
    const common = first.notes.filter((note) => parts.every((each) => each.notes.includes(note)))
    const names = few(parts.map((each) => each.name))
    const what = counted(parts.length, first.kind)
    return [{ what, to: registryOf(first), state: first.state, detail: joined([names, ...common]) }]
  })
}

/** Returns the reason why documentation is not published. */
function docsReason(generator: string): string {
  return `${generator} builds it; Slipway does not publish documentation.`
}

/**
 * Returns a line for each reason not to release something, with what it applies to: `7 crates: a, b, c and 4 more. …`.
 * @param all whether to list every name
 */
export function notReleased(plan: Plan, all = false): string[] {
  const groups = new Map<string, { kind: string; why: string; names: string[] }>()
  const add = (kind: string, name: string, reason: string | undefined, because?: string) => {
    if (reason === undefined) return
    const why = because === undefined ? reason : `${reason} (${because})`
    const key = JSON.stringify([kind, why])
    const group = groups.get(key) ?? { kind, why, names: [] }
    group.names.push(name)
    groups.set(key, group)
  }
  for (const { name, reason, because } of plan.crates) add('crate', name, reason, because)
  for (const { name, reason, because } of plan.packages) add('Python package', name, reason, because)
  for (const { file, generator } of plan.docs) add('documentation', file, docsReason(generator))
  return [...groups.values()].map(({ kind, why, names }) => {
    if (names.length === 1) return `${kind} ${names[0]}. ${why}`
    return `${counted(names.length, kind)}: ${all ? names.join(', ') : few(names)}. ${why}`
  })
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

/** Returns the packaged files of each published crate with known contents, and their size in bytes. */
export function packagedCrates({ crates }: Plan): { name: string; files: string[]; bytes: number }[] {
  return crates.flatMap(({ name, contents }) => (contents ? [{ name, ...contents }] : []))
}

/** Formats a number of bytes for people: `8.4 KiB`, `3.0 MiB`. */
export function sized(bytes: number): string {
  const [unit, divisor] = bytes < 2 ** 20 ? ['KiB', 2 ** 10] : ['MiB', 2 ** 20]
  return `${(bytes / divisor).toFixed(1)} ${unit}`
}
