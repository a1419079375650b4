import type { Ports } from '@slipway/core/ports'
import { RemoteError } from '@slipway/core/publisher'
import { CratesClient } from '@slipway/registries/crates/client'

/**
 * Returns a function that asks an index whether it has a crate. Without a network every crate counts as new, which is
 * harmless: a rehearsal publishes nothing.
 */
export function publishedIn(ports: Ports, index: string): (crate: string) => Promise<boolean> {
  const client = new CratesClient(ports, { index, token: null })
  return (crate) =>
    client.exists(crate).catch((cause) => {
      if (cause instanceof RemoteError) return false
      throw cause
    })
}
