import type { SandboxDescription } from '@slipway/core/sandbox'
import { flag, text } from '../control-body.ts'
import type { LocalRemote } from '../local.ts'
import { type OciName, ociRegistry, type RegistryOptions } from './registry.ts'

/** The account of each registry. */
const USERNAME = 'slipway'

/** What a token of each begins with. */
const PREFIXES = { dockerhub: 'dckr_pat_', ghcr: 'ghp_' }

/**
 * A registry of images.
 * @param ways how it writes addresses and what its tokens are: both ways of the specifications are to be met with
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
            if (mode !== 'token' && mode !== 'basic') throw new Error('mode is token or basic.')
            registry.auth = mode
          },
          'PUT immutable': (body) => registry.setImmutableTags(text(body, 'repository'), flag(body, 'enabled')),
        },
      }
    },
  }
}
