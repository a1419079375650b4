import { type Effort, PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Ports } from '@slipway/core/ports'
import { preflight, type Shipment } from '@slipway/core/preflight'
import { publishOnce } from '@slipway/core/publish'
import type { Receipt } from '@slipway/core/publisher'

/** The effort that a job makes: as patient as public registries need. */
export function jobEffort({ clock, log }: Pick<Ports, 'clock' | 'log'>): Effort {
  return { clock, log, patience: PUBLIC_PATIENCE }
}

/**
 * Publishes to one destination: asks first, then sends what is missing.
 * @throws ProblemError with everything that stands in the way
 */
export async function dispatch(shipment: Shipment, effort: Effort): Promise<Receipt[]> {
  await preflight([shipment], effort)
  return publishOnce(shipment, effort)
}
