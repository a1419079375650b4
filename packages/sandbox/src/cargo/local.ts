import type { SandboxDescription } from '@slipway/core/sandbox'
import { entries, flag, milliseconds, text, workflow } from '../control-body.ts'
import type { LocalRemote } from '../local.ts'
import { cargoRegistry } from './registry.ts'
import type { CargoPublisher } from './state.ts'

/** The imitation of crates.io. */
export const cargo: LocalRemote<SandboxDescription['cargo']> = {
  services: ['cargo'],
  tokenPrefix: 'cio',
  open({ folder, token, cargoUpstream, origin }) {
    const registry = cargoRegistry({ folder, token, upstream: cargoUpstream, issuer: () => origin('oidc') })
    return {
      services: [registry.service],
      describe: (at) => ({ index: `sparse+${at('cargo')}/index/`, api: at('cargo'), token }),
      controls: {
        'PUT lag': (body) => {
          registry.lag = milliseconds(body)
        },
        'PUT publishers': (body) => registry.set({ publishers: entries(body).map(publisher) }),
        'PUT trustpubOnly': (body) => registry.setTrustpubOnly(text(body, 'name'), flag(body, 'enabled')),
        'PUT tokenLifetime': (body) => registry.set({ tokenLifetime: milliseconds(body) }),
        'PUT limits': (body) => registry.set({ limits: flag(body, 'enabled') ? {} : null }),
        'PUT placeholder': (body) => registry.reserve(text(body, 'name')),
      },
    }
  },
}

/** Reads one publisher of a list. */
function publisher(body: unknown): CargoPublisher {
  return { crate: text(body, 'crate'), ...workflow(body) }
}
