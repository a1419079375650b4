import { DOCKER_HUB } from '@slipway/core/image'
import type { Ports } from '@slipway/core/ports'
import { isLoopbackAddress, sandboxOf } from '@slipway/core/sandbox'
import { sandboxLogins } from '../sandbox-logins.ts'
import type { Credentials, Login } from './authorization.ts'
import { storedLogin } from './login.ts'

/** Credentials of a job for registries, in addition to those that `docker login` stored. */
export interface LoginOptions {
  dockerhubUsername?: string | undefined
  dockerhubToken?: string | undefined
  /** Used for GitHub's registry if `docker login` stored nothing for it. */
  githubToken?: string | undefined
  /** Hides each secret as soon as it is read. */
  mask(secret: string): void
}

/** Returns a lookup of registry logins: the given credentials, then those an engine stores, then the job's token. */
export function logins(ports: Pick<Ports, 'env' | 'exec'>, options: LoginOptions): Login {
  const { dockerhubUsername, dockerhubToken, githubToken, mask } = options
  const sandbox = sandboxOf(ports.env)
  const find = async (registry: string): Promise<Credentials | null> => {
    if (registry === DOCKER_HUB && dockerhubUsername && dockerhubToken) {
      return { username: dockerhubUsername, password: dockerhubToken }
    }
    const stored = await storedLogin(ports, registry, mask)
    if (stored || registry !== 'ghcr.io' || !githubToken) return stored
    // GHCR ignores the user name.
    return { username: ports.env.GITHUB_ACTOR || 'github', password: githubToken }
  }
  // Real credentials must not be sent to a sandbox that stands in for their registry.
  const local = async (registry: string, login: Promise<Credentials | null>) => {
    const real = await login
    return real && sandbox && !isLoopbackAddress(`http://${registry}`) ? sandboxLogins(sandbox).login(registry) : real
  }
  // A credential helper may prompt, or take seconds: run it once per registry.
  const found = new Map<string, Promise<Credentials | null>>()
  return (registry) => {
    const known = found.get(registry) ?? local(registry, find(registry))
    found.set(registry, known)
    return known
  }
}
