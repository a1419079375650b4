import { artifactOf } from '@slipway/core/overview'
import type { Destination, PlannedCrate } from '@slipway/core/plan'
import { error, notice, type Problem, warning } from '@slipway/core/problem'
import {
  after,
  answer,
  type Findings,
  type Inquiry,
  isTrusted,
  joined,
  loginFields,
  severityOf,
  stableOf,
  text,
  whereVersion,
} from '../inquiry.ts'
import { type CrateSettings, CratesClient, findVersion, type IndexedVersion } from './client.ts'
import { FIRST_VERSION_HINT } from './refusals.ts'

/** The versions of a crate, oldest first, or why they are unknown. */
export type KnownVersions = { value: IndexedVersion[] } | { reason: string }

/** The registry has the digest, but the local one is unknown before packaging. */
const COMPARED_LATER = 'compared once it is packaged'

/** Returns the findings about one crate that is published to crates.io. */
function findingsOf(crate: PlannedCrate, known: KnownVersions, inquiry: Inquiry): Findings {
  const { crates: login = null } = inquiry.credentials.logins
  const to = {
    publisher: 'crates',
    target: 'crates.io',
    artifact: artifactOf('crate', crate),
    ...loginFields(login),
  } as const
  if ('reason' in known) {
    const destination: Destination = { ...to, state: 'unknown', detail: `the query failed: ${known.reason}` }
    const notChecked = [`Whether crates.io has ${crate.name} ${crate.version}: ${known.reason}.`]
    return { destinations: [destination], problems: [], notChecked, versions: [] }
  }
  const there = findVersion(known.value, crate.version)
  const all = known.value.map((each) => each.vers)
  const detail = there ? (there.yanked ? 'yanked' : COMPARED_LATER) : after(all, 'the first version of this crate')
  const problems: Problem[] = []
  if (there?.yanked) {
    problems.push({
      code: 'crate-version-yanked',
      severity: severityOf(inquiry),
      message: `${crate.name} ${crate.version} was published and yanked; crates.io never accepts that version again.`,
      hint: 'Release a new version.',
      ...whereVersion(inquiry),
    })
  }
  if (all.length === 0) problems.push(firstVersion(crate, inquiry))
  const state = there ? 'present' : 'absent'
  return { destinations: [{ ...to, state, detail }], problems, notChecked: [], versions: stableOf(all) }
}

/** Reports a first version: trusted publishing is configured on an existing crate (crates.io, "Trusted Publishing"). */
function firstVersion({ name, path }: PlannedCrate, { credentials, isTagged, whereNamed }: Inquiry): Problem {
  const message = `crates.io has no crate ${name} yet. Its first version needs a token: trusted publishing works only for existing crates.`
  const tokenHint =
    'Use a token with the scope publish-new for this version; trusted publishing can take over after it.'
  if (!isTrusted(credentials.logins.crates)) return notice('crate-first-version', message, tokenHint)
  return (isTagged ? error : warning)('crate-first-version', message, FIRST_VERSION_HINT, whereNamed(path))
}

/** crates.io's rate limits: a burst, then one in `minutes`. */
const NEW_CRATES = { burst: 5, minutes: 10 }
const NEW_VERSIONS = { burst: 30, minutes: 1 }

/** Estimates how long crates.io's rate limits delay a release of many crates. */
function forecast(known: readonly KnownVersions[], waiting: number): Problem[] {
  const first = known.filter((each) => 'value' in each && each.value.length === 0).length
  const minutes = [
    [first, NEW_CRATES],
    [waiting - first, NEW_VERSIONS],
  ] as const
  const longest = Math.max(...minutes.map(([count, limit]) => Math.max(0, count - limit.burst) * limit.minutes))
  if (longest <= 0) return []
  const message = `${first} new crates and ${waiting - first} new versions take about ${longest} min under crates.io's rate limits.`
  const hint = 'Allow for it in the timeout of the job, or ask crates.io for a higher limit.'
  return [notice('crates-rate-limit', message, hint)]
}

/** Queries a crate's versions in the index of crates.io: oldest first, none if there is no such crate. */
export function cratesIoVersions(name: string, inquiry: Pick<Inquiry, 'ports' | 'endpoints'>): Promise<KnownVersions> {
  return answer(inquiry, async (ports) => {
    const client = new CratesClient(ports, { index: inquiry.endpoints.crates.index, token: null })
    return (await client.versions(name)).map((each) => ({ ...each, vers: text(each.vers) }))
  })
}

/** Queries the public settings of crates on crates.io, by name; missing crates have none. */
export function cratesIoSettings(
  names: readonly string[],
  inquiry: Pick<Inquiry, 'ports' | 'endpoints'>,
): Promise<{ value: Map<string, CrateSettings> } | { reason: string }> {
  return answer(inquiry, (ports) => {
    const client = new CratesClient(ports, { index: inquiry.endpoints.crates.index, token: null })
    return client.settings(names)
  })
}

/** Returns the other spellings of a name, which crates.io treats as equal (`canon_crate_name`). */
function otherSpellings(name: string): string[] {
  return [name.replaceAll('-', '_'), name.replaceAll('_', '-')].filter((each) => each !== name)
}

/** Finds new names that crates.io has in another spelling. */
async function takenNames(fresh: readonly PlannedCrate[], inquiry: Inquiry): Promise<Problem[]> {
  const spellings = new Set(fresh.flatMap((each) => otherSpellings(each.name)))
  const others = await cratesIoSettings([...spellings], inquiry)
  if ('reason' in others) return []
  return fresh.flatMap(({ name, path }) => {
    const other = otherSpellings(name).find((each) => others.value.has(each))
    if (other === undefined) return []
    const message = `crates.io refuses ${name}: it has the crate ${other}, and treats \`-\` and \`_\` as equal.`
    const hint = `Rename the crate to ${other} if that one is yours, or choose another name.`
    return [error('crate-name-taken', message, hint, inquiry.whereNamed(path))]
  })
}

/** Queries crates.io for the plan's crates, and estimates the delay by its rate limits. */
export async function askCrates(inquiry: Inquiry): Promise<Findings> {
  const published = inquiry.plan.crates.filter((each) => each.publish !== false)
  const forCratesIo = published.filter((each) => each.publish === true)
  const known = await Promise.all(forCratesIo.map(({ name }) => cratesIoVersions(name, inquiry)))
  const knownOf = (index: number) => known[index] as KnownVersions
  const isNew = (versions: KnownVersions) => 'value' in versions && versions.value.length === 0
  const taken = await takenNames(
    forCratesIo.filter((_, index) => isNew(knownOf(index))),
    inquiry,
  )
  const found = joined(forCratesIo.map((each, index) => findingsOf(each, knownOf(index), inquiry)))
  const elsewhere = published.flatMap((each): Destination[] => {
    const artifact = artifactOf('crate', each)
    const registries = Array.isArray(each.publish) ? each.publish : []
    const rest = { state: 'unknown', detail: 'Slipway does not query this registry', login: null } as const
    return registries.map((target) => ({ publisher: 'crates', target, artifact, ...rest }))
  })
  const waiting = found.destinations.filter((each) => each.state === 'absent').length
  return {
    ...found,
    destinations: [...found.destinations, ...elsewhere],
    problems: [...taken, ...found.problems, ...forecast(known, waiting)],
    notChecked: [
      ...found.notChecked,
      ...elsewhere.map((each) => `Whether ${each.target} has ${each.artifact}: Slipway does not query it.`),
    ],
  }
}
