import { ask, guarded, PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Ports } from '@slipway/core/ports'
import { CratesClient } from '@slipway/registries/crates/client'
import { cratesIoVersions } from '@slipway/registries/crates/inquiry'
import { type Endpoints, endpointsOf } from '@slipway/registries/endpoints'

/**
 * Queries whether a registry has a crate of this name. A failed query stops the release, which would otherwise silently
 * be incomplete.
 * @param to the registry; default: crates.io
 * @throws ProblemError
 */
export function isPublished(
  ports: Ports,
  crate: string,
  to: { name: string; index: string } = { name: 'crates.io', index: endpointsOf(ports.env).crates.index },
): Promise<boolean> {
  const client = new CratesClient(ports, { index: to.index, token: null })
  const remote = { name: 'crates', target: to.name }
  return guarded(remote, `query ${crate}`, () =>
    ask(() => client.exists(crate), { ...ports, patience: PUBLIC_PATIENCE }),
  )
}

/**
 * Returns a query like `isPublished` for a plan, which asks briefly and goes on without an answer: the crate then counts
 * as not published.
 * @param notChecked collects the questions without an answer
 */
export function isKnownPublished(
  ports: Ports,
  endpoints: Endpoints,
  notChecked: string[],
): (crate: string) => Promise<boolean> {
  return async (crate) => {
    const known = await cratesIoVersions(crate, { ports, endpoints })
    if ('value' in known) return known.value.length > 0
    notChecked.push(`Whether crates.io has the crate ${crate} already, so that it is published: ${known.reason}.`)
    return false
  }
}
