import type { Effort } from '@slipway/core/patience'
import { isThere, type Surveyed, survey } from '@slipway/core/preflight'
import { giveReceipt, type Receipt } from '@slipway/core/receipt'
import type { Destination } from '@slipway/registries/destination'

/**
 * The state of a release at one destination.
 * - `out`: everything is there, and visible
 * - `draft`: everything is there, not yet visible: a draft, an image without its tags
 * - `partly out`: some of it is there
 * - `not out`: nothing of it is there
 * - `different`: it has other content under this version
 * - `not visible`: this job has no access
 * - `unknown`: it did not answer, or reports nothing to compare
 */
export type Standing = 'out' | 'draft' | 'partly out' | 'not out' | 'different' | 'not visible' | 'unknown'

/** The state of a release at one destination, with counts and details. */
export interface DestinationOutcome {
  /** `crates.io`, `ghcr.io/owner/name` */
  destination: string
  channel: string
  standing: Standing
  /** Number of artifacts that are there, out of `of`. */
  there: number
  of: number
  /** One line of detail. */
  detail: string
  url: string | null
  /** How to undo the publication; null if it cannot be undone. */
  undo: string | null
}

/** The state of a release at every destination. */
export interface Outcome {
  destinations: DestinationOutcome[]
  /** A receipt for each artifact that was found. */
  receipts: Receipt[]
}

/** Returns the names of the destinations where a release is out. */
export function released({ destinations }: Outcome): string[] {
  return destinations.filter((each) => each.standing === 'out').map((each) => each.destination)
}

/** Returns the names of the destinations where it is not out, or where that is unknown. */
export function pending({ destinations }: Outcome): string[] {
  return destinations.filter((each) => each.standing !== 'out').map((each) => each.destination)
}

/** Queries every destination for the release. Writes nothing; a destination that does not answer is `unknown`. */
export async function outcomeOf(destinations: readonly Destination[], effort: Effort): Promise<Outcome> {
  const surveyed = await Promise.all(destinations.map((each) => survey({ ...each, isForeign: true }, effort)))
  return {
    destinations: surveyed.map((each, index) => outcomeAt(destinations[index] as Destination, each)),
    receipts: surveyed.flatMap((each) => receiptsOf(each)),
  }
}

function outcomeAt(destination: Destination, surveyed: Surveyed): DestinationOutcome {
  const { name, channel, undo, artifacts, isUnbuilt } = destination
  const { probes, pointers, problems } = surveyed
  const there = probes.filter((each) => isThere(each)).length
  const url = probes.find((each) => each.url !== undefined)?.url ?? pointers.find((each) => each.url)?.url ?? null
  const about = { destination: name, channel, there, of: artifacts.length, url, undo }
  const as = (standing: Standing, detail: string): DestinationOutcome => ({ ...about, standing, detail })
  const failed = problems[0]
  if (isUnbuilt) return as(...unbuiltStanding(surveyed))
  if (probes.length < artifacts.length) return as('unknown', failed?.message ?? 'the query failed')
  const different = probes.find((each) => each.state === 'different')
  if (different) return as('different', different.detail ?? 'it has other content under this version')
  const hidden = probes.find((each) => each.state === 'not visible')
  if (hidden) return as('not visible', hidden.detail ?? 'this job has no access')
  if (probes.some((each) => each.state === 'unknown')) return as('unknown', 'it reports nothing to compare')
  // A pointer that stays on a newer version is not pending.
  const waiting = pointers.filter((each) => !each.there && each.reason === undefined)
  const files = `${there} of ${artifacts.length}`
  if (there === 0) return as('not out', 'nothing is there yet')
  const isDraft = probes.some((each) => each.draft)
  if (there < artifacts.length) return as(isDraft ? 'draft' : 'partly out', `${files} are there`)
  if (waiting.length === 0) return as('out', files === '1 of 1' ? 'is there' : `${files} are there`)
  return as('draft', `complete; pending: ${waiting.map(({ pointer }) => pointer.name).join(', ')}`)
}

/** Returns the state of an image that this run has not built: the version's tag tells whether an earlier run has. */
function unbuiltStanding({ pointers: [pointer], problems: [problem] }: Surveyed): [Standing, string] {
  if (!pointer) return ['unknown', problem?.message ?? 'the query failed']
  if (pointer.there) return ['out', 'is there']
  if (pointer.reason === undefined) return ['not out', 'built once PyPI has the release']
  return [problem ? 'different' : 'not visible', pointer.reason]
}

function receiptsOf({ shipment, probes, pointers }: Surveyed): Receipt[] {
  const { publisher, artifacts } = shipment
  const remote = { publisher: publisher.name, target: publisher.target }
  const status = 'already there'
  return [
    ...artifacts.flatMap(({ filename: artifact }, index): Receipt[] => {
      const probe = probes[index]
      if (!probe || !isThere(probe)) return []
      return [giveReceipt(remote, { artifact, status, at: probe })]
    }),
    ...pointers
      .filter((each) => each.there)
      .map((each) => giveReceipt(remote, { artifact: each.pointer.name, status, at: each })),
  ]
}
