import type { SandboxDescription } from '@slipway/core/sandbox'
import { milliseconds } from '../control-body.ts'
import type { LocalRemote } from '../local.ts'
import { cargoRegistry } from './registry.ts'

/** crates.io. */
export const cargo: LocalRemote<SandboxDescription['cargo']> = {
  services: ['cargo'],
  tokenPrefix: 'cio',
  open({ folder, token, cargoUpstream }) {
    const registry = cargoRegistry({ folder, token, upstream: cargoUpstream })
    return {
      services: [registry.service],
      describe: (at) => ({ index: `sparse+${at('cargo')}/index/`, api: at('cargo'), token }),
      controls: {
        'PUT lag': (body) => {
          registry.lag = milliseconds(body)
        },
      },
    }
  },
}
