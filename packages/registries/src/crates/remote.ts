import type { RemoteDescription } from '../destination.ts'
import { MintedToken } from '../trusted/minted.ts'
import { CratesClient } from './client.ts'
import { askCrates } from './inquiry.ts'
import { CratesPublisher } from './publisher.ts'
import { cratesExchange } from './trusted.ts'

/** Cargo registries: crates.io, or the one that a step names instead. */
export const crates: RemoteDescription = {
  kind: 'crates',
  channels: [{ name: 'crates', title: 'crates.io', variables: ['CARGO_REGISTRY_TOKEN'], undo: null, trusts: true }],
  async destinations({ artifacts }, { ports, endpoints, tokens, identity, isOwn, cargoRegistry }) {
    const files = artifacts.filter((each) => each.kind === 'crate')
    const { index, web } = endpoints.crates
    const minted = () => {
      if (!identity) return null
      const exchange = cratesExchange(new CratesClient(ports, { index, token: null }), identity)
      return new MintedToken(exchange, ports.clock, (token) => identity.onToken('crates', token))
    }
    const own = { name: 'crates.io', isCratesIo: true, index, web, token: tokens.crates ?? minted() }
    const target = cargoRegistry ?? own
    if (files.length === 0) return []
    const publisher = new CratesPublisher(ports, target)
    const isForeign = !isOwn('crates')
    return [{ channel: 'crates', name: target.name, undo: null, publisher, artifacts: files, isForeign }]
  },
  inquire: askCrates,
}
