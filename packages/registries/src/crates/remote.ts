import type { RemoteDescription } from '../destination.ts'
import { askCrates } from './inquiry.ts'
import { CratesPublisher } from './publisher.ts'

/** Cargo registries: crates.io, or the one that a step names. */
export const crates: RemoteDescription = {
  kind: 'crates',
  channels: [{ name: 'crates', title: 'crates.io', variables: ['CARGO_REGISTRY_TOKEN'], undo: null }],
  async destinations({ artifacts }, { ports, endpoints, tokens, isOwn, cargoRegistry }) {
    const files = artifacts.filter((each) => each.kind === 'crate')
    const { index, web } = endpoints.crates
    const target = cargoRegistry ?? { name: 'crates.io', isCratesIo: true, index, web, token: tokens.crates ?? null }
    if (files.length === 0) return []
    const publisher = new CratesPublisher(ports, target)
    const isForeign = !isOwn('crates')
    return [{ channel: 'crates', name: target.name, undo: null, publisher, artifacts: files, isForeign }]
  },
  inquire: askCrates,
}
