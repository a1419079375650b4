import type { Effort } from '@slipway/core/patience'
import { isThere, type Surveyed, survey } from '@slipway/core/preflight'
import type { Receipt } from '@slipway/core/publisher'
import type { Destination } from '@slipway/registries/destination'

/**
 * How a release stands at one destination.
 * - `out`: everything is there, and visible
 * - `draft`: everything is there, not yet visible: a draft, an image without its tags
 * - `partly out`: some of it is there
 * - `not out`: nothing of it is there
 * - `different`: it holds something else under this version
 * - `not visible`: this job may not look
 * - `unknown`: it did not answer, or tells nothing to compare by
 */
export type Standing = 'out' | 'draft' | 'partly out' | 'not out' | 'different' | 'not visible' | 'unknown'

/** What one destination holds of a release. */
export interface DestinationOutcome {
  /** `crates.io`, `ghcr.io/owner/name` */
  destination: string
  channel: string
  standing: Standing
  /** Artifacts that are there, of how many. */
  there: number
  of: number
  /** One line: what was seen. */
  detail: string
  url: string | null
  /** How to take back what is there; null: it cannot be. */
  undo: string | null
}

/** How a release stands, destination by destination, as the remotes tell it. */
export interface Outcome {
  destinations: DestinationOutcome[]
  /** What was seen, artifact by artifact. */
  receipts: Receipt[]
}

/** Names of the destinations that a release is out at. */
export function released({ destinations }: Outcome): string[] {
  return destinations.filter((each) => each.standing === 'out').map((each) => each.destination)
}

/** Names of the destinations that it is still to reach, or of which that is not known. */
export function pending({ destinations }: Outcome): string[] {
  return destinations.filter((each) => each.standing !== 'out').map((each) => each.destination)
}

/** Asks every destination what it holds of the release. Writes nothing; one that does not answer is `unknown`. */
export async function outcomeOf(destinations: readonly Destination[], effort: Effort): Promise<Outcome> {
  const surveyed = await Promise.all(destinations.map((each) => survey({ ...each, isForeign: true }, effort)))
  return {
    destinations: surveyed.map((each, index) => judge(destinations[index] as Destination, each)),
    receipts: surveyed.flatMap((each) => receiptsOf(each)),
  }
}

function judge({ name, channel, undo, artifacts }: Destination, seen: Surveyed): DestinationOutcome {
  const { probes, pointers, problems } = seen
  const there = probes.filter((each) => isThere(each)).length
  const url = probes.find((each) => each.url !== undefined)?.url ?? pointers.find((each) => each.url)?.url ?? null
  const about = { destination: name, channel, there, of: artifacts.length, url, undo }
  const as = (standing: Standing, detail: string): DestinationOutcome => ({ ...about, standing, detail })
  const failed = problems[0]
  if (probes.length < artifacts.length) return as('unknown', failed?.message ?? 'it could not be asked')
  const different = probes.find((each) => each.state === 'different')
  if (different) return as('different', different.detail ?? 'it holds other content under this version')
  const hidden = probes.find((each) => each.state === 'not visible')
  if (hidden) return as('not visible', hidden.detail ?? 'this job may not look')
  if (probes.some((each) => each.state === 'unknown')) return as('unknown', 'it tells nothing to compare by')
  // A pointer that stays on a newer version is where it should be.
  const waiting = pointers.filter((each) => !each.there && each.reason === undefined)
  const files = `${there} of ${artifacts.length}`
  if (there === 0) return as('not out', 'nothing is there yet')
  const stale = probes.some((each) => each.draft)
  if (there < artifacts.length) return as(stale ? 'draft' : 'partly out', `${files} are there`)
  if (waiting.length === 0) return as('out', files === '1 of 1' ? 'is there' : `${files} are there`)
  return as('draft', `complete; still to come: ${waiting.map(({ pointer }) => pointer.name).join(', ')}`)
}

function receiptsOf({ shipment, probes, pointers }: Surveyed): Receipt[] {
  const { publisher, artifacts } = shipment
  const at = { publisher: publisher.name, target: publisher.target, status: 'already there' as const }
  return [
    ...artifacts.flatMap(({ filename: artifact }, index): Receipt[] => {
      const probe = probes[index]
      if (!probe || !isThere(probe)) return []
      return [{ ...at, artifact, url: probe.url ?? null, digest: probe.digest ?? null }]
    }),
    ...pointers
      .filter((each) => each.there)
      .map(({ pointer, url, digest }) => ({ ...at, artifact: pointer.name, url: url ?? null, digest: digest ?? null })),
  ]
}
