import type { SandboxDescription } from '@slipway/core/sandbox'
import { flag, text } from '../control-body.ts'
import type { LocalRemote } from '../local.ts'
import { type OciName, ociRegistry, type RegistryOptions } from './registry.ts'

/** User name at each registry. */
const USERNAME = 'slipway'

/** Token prefixes. */
const PREFIXES = { dockerhub: 'dckr_pat_', ghcr: 'ghp_' }

/**
 * Returns the imitation of an image registry.
 * @param ways the form of its addresses and tokens; the two registries cover both forms of the specifications
 */
export function imageRegistry(
  name: OciName,
  ways: Pick<RegistryOptions, 'locations' | 'tokens'>,
): LocalRemote<SandboxDescription['ghcr']> {
  return {
    services: [name],
    tokenPrefix: PREFIXES[name],
    open({ folder, token }) {
      const account = { username: USERNAME, password: token }
      const registry = ociRegistry({ name, folder, ...account, ...ways })
      return {
        services: [registry.service],
        describe: (at) => ({ registry: at(name), ...account }),
        controls: {
          'PUT auth': (body) => {
            const mode = text(body, 'mode')
            if (mode !== 'token' && mode !== 'basic') throw new Error('mode must be token or basic.')
            registry.auth = mode
          },
          'PUT immutable': (body) => registry.setImmutableTags(text(body, 'repository'), flag(body, 'enabled')),
        },
      }
    },
  }
}
