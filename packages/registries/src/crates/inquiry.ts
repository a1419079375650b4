import type { Destination, PlannedCrate } from '@slipway/core/plan'
import { error, notice, type Problem, warning } from '@slipway/core/problem'
import {
  after,
  answer,
  type Findings,
  type Inquiry,
  isTrusted,
  joined,
  severityOf,
  stableOf,
  text,
  whereVersion,
} from '../inquiry.ts'
import { CratesClient, type IndexedVersion } from './client.ts'

/** What is known of a crate: its versions, oldest first, or why they are not known. */
export type Known = { value: IndexedVersion[] } | { reason: string }

/** The registry tells a package's digest, which only packaging it tells too. */
const SEEN_LATER = 'whether it is the same is seen once it is packaged'

/** What is to be told of one crate that goes to crates.io. */
function findingsOf(crate: PlannedCrate, known: Known, inquiry: Inquiry): Findings {
  const { crates: login = null } = inquiry.credentials.logins
  const to = {
    publisher: 'crates',
    target: 'crates.io',
    artifact: `crate ${crate.name} ${crate.version}`,
    login: login?.words ?? null,
  } as const
  if ('reason' in known) {
    const destination: Destination = { ...to, state: 'unknown', detail: `it cannot be asked: ${known.reason}` }
    const notChecked = [`Whether crates.io has ${crate.name} ${crate.version}: ${known.reason}.`]
    return { destinations: [destination], problems: [], notChecked, versions: [] }
  }
  const withoutBuild = (version: string) => version.replace(/\+.*$/, '')
  // Yanked versions count as used.
  const there = known.value.find((each) => withoutBuild(each.vers) === withoutBuild(crate.version))
  const all = known.value.map((each) => each.vers)
  const detail = there ? (there.yanked ? 'yanked' : SEEN_LATER) : after(all, 'the first version of this crate')
  const problems: Problem[] = []
  if (there?.yanked) {
    problems.push({
      code: 'crate-version-yanked',
      severity: severityOf(inquiry),
      message: `${crate.name} ${crate.version} was published and yanked: nobody gets it, and its number cannot be used again.`,
      hint: 'Release under a new version.',
      ...whereVersion(inquiry),
    })
  }
  if (all.length === 0) problems.push(firstVersion(crate, inquiry))
  const state = there ? 'present' : 'absent'
  return { destinations: [{ ...to, state, detail }], problems, notChecked: [], versions: stableOf(all) }
}

/** crates.io, "Trusted Publishing": it is set up for a crate that is there. */
function firstVersion({ name, path }: PlannedCrate, { credentials, isTagged, whereNamed }: Inquiry): Problem {
  const message = `crates.io has no crate ${name} yet. Its first version needs a token: trusted publishing works only for existing crates.`
  const hint =
    'Publish the first version with a token that may publish new crates (or reserve the name with a version 0.0.0); then set up Trusted Publishing in the settings of the crate.'
  if (!isTrusted(credentials.logins.crates)) return notice('crate-first-version', message, hint)
  return (isTagged ? error : warning)('crate-first-version', message, hint, whereNamed(path))
}

/** crates.io's rate limits: so many at once, then one in so many minutes. */
const NEW_CRATES = { burst: 5, minutes: 10 }
const NEW_VERSIONS = { burst: 30, minutes: 1 }

/** How long crates.io makes a release of many crates wait. */
function forecast(known: readonly Known[], waiting: number): Problem[] {
  const first = known.filter((each) => 'value' in each && each.value.length === 0).length
  const minutes = [
    [first, NEW_CRATES],
    [waiting - first, NEW_VERSIONS],
  ] as const
  const longest = Math.max(...minutes.map(([count, limit]) => Math.max(0, count - limit.burst) * limit.minutes))
  if (longest <= 0) return []
  const message = `${first} new crates and ${waiting - first} new versions: crates.io's rate limits make their publication last about ${longest} min.`
  const hint = 'Give the job a timeout that allows it, or ask crates.io for a higher limit.'
  return [notice('crates-rate-limit', message, hint)]
}

/** A crate's versions on crates.io, as its index has them: oldest first, none where it has no such crate. */
export function indexed(name: string, inquiry: Inquiry): Promise<Known> {
  return answer(inquiry, async (ports) => {
    const client = new CratesClient(ports, { index: inquiry.endpoints.crates.index, token: null })
    return (await client.versions(name)).map((each) => ({ ...each, vers: text(each.vers) }))
  })
}

/** A name that is new in this spelling may be there in another: crates.io takes `-` and `_` for one (`canon_crate_name`). */
async function takenName({ name, path }: PlannedCrate, known: Known, inquiry: Inquiry): Promise<Problem[]> {
  if ('reason' in known || known.value.length > 0) return []
  const spellings = new Set([name.replaceAll('-', '_'), name.replaceAll('_', '-')])
  spellings.delete(name)
  for (const other of spellings) {
    const there = await indexed(other, inquiry)
    if ('reason' in there || there.value.length === 0) continue
    const message = `crates.io has a crate ${other}, which is the same name to it: it refuses ${name}.`
    const hint = `Call the crate ${other}, if that is yours; or give it another name.`
    return [error('crate-name-taken', message, hint, inquiry.whereNamed(path))]
  }
  return []
}

/** Asks crates.io what it holds of the crates, and the forecast of its limits. */
export async function askCrates(inquiry: Inquiry): Promise<Findings> {
  const published = inquiry.plan.crates.filter((each) => each.publish !== false)
  const forCratesIo = published.filter((each) => each.publish === true)
  const known = await Promise.all(forCratesIo.map(({ name }) => indexed(name, inquiry)))
  const taken = await Promise.all(forCratesIo.map((each, index) => takenName(each, known[index] as Known, inquiry)))
  const found = joined(forCratesIo.map((each, index) => findingsOf(each, known[index] as Known, inquiry)))
  const elsewhere = published.flatMap((each): Destination[] => {
    const artifact = `crate ${each.name} ${each.version}`
    const registries = Array.isArray(each.publish) ? each.publish : []
    const rest = { state: 'unknown', detail: 'a registry of its own, which is not asked', login: null } as const
    return registries.map((target) => ({ publisher: 'crates', target, artifact, ...rest }))
  })
  const waiting = found.destinations.filter((each) => each.state === 'absent').length
  return {
    ...found,
    destinations: [...found.destinations, ...elsewhere],
    problems: [...taken.flat(), ...found.problems, ...forecast(known, waiting)],
    notChecked: [
      ...found.notChecked,
      ...elsewhere.map((each) => `Whether ${each.target} has ${each.artifact}: it is not asked.`),
    ],
  }
}
