import { DOCKER_HUB } from '@slipway/core/image'
import type { Ports } from '@slipway/core/ports'
import { isLoopbackAddress, sandboxOf } from '@slipway/core/sandbox'
import { sandboxLogins } from '../endpoints.ts'
import type { Credentials } from './authorization.ts'
import { storedLogin } from './login.ts'

/** Gives the login for a registry, or null when there is none. */
export type Login = (registry: string) => Promise<Credentials | null>

/** What a job has for registries besides what `docker login` left. */
export interface LoginOptions {
  dockerhubUsername?: string | undefined
  dockerhubToken?: string | undefined
  /** Used for GitHub's registry where `docker login` left nothing. */
  githubToken?: string | undefined
  /** Told of each secret as soon as it is read. */
  mask(secret: string): void
}

/** Finds the login for a registry: what was given for it, what an engine keeps for it, the job's own token. */
export function logins(ports: Pick<Ports, 'env' | 'exec'>, options: LoginOptions): Login {
  const { dockerhubUsername, dockerhubToken, githubToken, mask } = options
  const sandbox = sandboxOf(ports.env)
  const find = async (registry: string): Promise<Credentials | null> => {
    if (registry === DOCKER_HUB && dockerhubUsername && dockerhubToken) {
      return { username: dockerhubUsername, password: dockerhubToken }
    }
    const stored = await storedLogin(ports, registry, mask)
    if (stored || registry !== 'ghcr.io' || !githubToken) return stored
    // GHCR looks at the token only.
    return { username: ports.env.GITHUB_ACTOR || 'github', password: githubToken }
  }
  // A real login is sent nowhere where a sandbox stands in for its registry.
  const local = async (registry: string, login: Promise<Credentials | null>) => {
    const given = await login
    return given && sandbox && !isLoopbackAddress(`http://${registry}`) ? sandboxLogins(sandbox).login(registry) : given
  }
  // A credential helper may ask people, or cost seconds: once a registry.
  const found = new Map<string, Promise<Credentials | null>>()
  return (registry) => {
    const known = found.get(registry) ?? local(registry, find(registry))
    found.set(registry, known)
    return known
  }
}
