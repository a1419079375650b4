import { DOCKER_HUB } from '@slipway/core/image'
import type { SandboxDescription } from '@slipway/core/sandbox'
import type { Access } from './destination.ts'

/** Returns the credentials of a sandbox: tokens by channel, and the logins of its image registries. */
export function sandboxLogins(sandbox: SandboxDescription): Pick<Access, 'tokens' | 'login'> {
  const { cargo, pypi, testpypi, github, dockerhub, ghcr } = sandbox
  return {
    tokens: { crates: cargo.token, pypi: pypi.token, testpypi: testpypi.token, github: github.token },
    login: async (registry) => (registry === DOCKER_HUB ? dockerhub : ghcr),
  }
}
