import type { SandboxDescription } from '@slipway/core/sandbox'
import { actions } from './actions/local.ts'
import { cargo } from './cargo/local.ts'
import { github } from './github/local.ts'
import type { LocalRemote } from './local.ts'
import { imageRegistry } from './oci/local.ts'
import { oidc } from './oidc/local.ts'
import { packageIndex } from './pypi/local.ts'
import { sigstore } from './sigstore/local.ts'

/** Names of the remotes in a description. */
export type RemoteName = Exclude<keyof SandboxDescription, 'schema' | 'pid' | 'control'>

/** Every imitated remote, by its name in the description. This is the only list of them. */
export const LOCAL_REMOTES: { readonly [Name in RemoteName]: LocalRemote<SandboxDescription[Name]> } = {
  cargo,
  pypi: packageIndex('pypi'),
  testpypi: packageIndex('testpypi'),
  github,
  dockerhub: imageRegistry('dockerhub', { locations: 'distribution', tokens: 'jwt' }),
  ghcr: imageRegistry('ghcr', { locations: 'plain', tokens: 'opaque' }),
  actions,
  oidc,
  sigstore,
}

/** Names of all services; a remote may have several. */
export const SERVICES: readonly string[] = Object.values(LOCAL_REMOTES).flatMap((each) => each.services)
