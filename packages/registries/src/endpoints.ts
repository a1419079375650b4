import { DOCKER_HUB, type ImageName } from '@slipway/core/image'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { isLoopbackAddress, sandboxOf } from '@slipway/core/sandbox'
import publicEndpoints from './endpoints.json' with { type: 'json' }

/** Addresses of a signing service: a certificate authority, and a log or time-stamp server that records the time. */
export interface SigningService {
  fulcio: string
  rekor?: string | undefined
  timestamp?: string | undefined
}

/** Addresses of a package index: its upload API, its simple API, and its project pages. */
export interface IndexEndpoints {
  upload: string
  simple: string
  /** Base of the project pages, without a trailing slash; null if the index has none. */
  web: string | null
}

/** Addresses of the remotes of a release. */
export interface Endpoints {
  /** `name` is the index URL as Cargo.toml spells it; `index` begins with `sparse+`. */
  crates: { name: string; index: string; web: string | null }
  pypi: IndexEndpoints
  testpypi: IndexEndpoints
  github: { api: string }
  /** `login` is the key under which docker stores the login. */
  dockerhub: { registry: string; login: string; web: string | null }
  /** Signing services: the public one, and GitHub's, which has no public log, for private repositories. */
  signing: { public: SigningService; github: SigningService }
  /** Returns the sandbox's registry and repository for an image name, or null to use the name's own. */
  standIn: ((name: ImageName) => { registry: string; repository: string } | null) | null
}

/**
 * Returns the addresses of the remotes: the public ones, or those of the sandbox that `SLIPWAY_SANDBOX` names.
 * @throws ProblemError when the sandbox is unreadable or not local, or GITHUB_API_URL is not local while it is set
 */
export function endpointsOf(env: Ports['env']): Endpoints {
  const sandbox = sandboxOf(env)
  const api = env.GITHUB_API_URL
  const { crates, dockerhub } = publicEndpoints
  if (!sandbox) return { ...publicEndpoints, github: { api: api || publicEndpoints.github.api }, standIn: null }
  if (api && !isLoopbackAddress(api)) {
    const message = 'SLIPWAY_SANDBOX is set, but GITHUB_API_URL is not an address of this machine.'
    throw new ProblemError(error('sandbox-not-local', message, 'Unset SLIPWAY_SANDBOX to release for real.'))
  }
  const { cargo, pypi, testpypi, github, ghcr, sigstore } = sandbox
  return {
    crates: { name: crates.name, index: cargo.index, web: null },
    pypi: { upload: pypi.upload, simple: pypi.simple, web: null },
    testpypi: { upload: testpypi.upload, simple: testpypi.simple, web: null },
    github: { api: api || github.api },
    dockerhub: { registry: sandbox.dockerhub.registry, login: dockerhub.login, web: null },
    signing: {
      public: { fulcio: sigstore.fulcio, rekor: sigstore.rekor },
      github: { fulcio: sigstore.fulcio, timestamp: sigstore.timestamp },
    },
    standIn: (name) => {
      // A registry on this machine needs no stand-in.
      if (isLoopbackAddress(`http://${name.registry}`)) return null
      if (name.registry === DOCKER_HUB) return { registry: sandbox.dockerhub.registry, repository: name.repository }
      const prefix = name.registry === 'ghcr.io' ? '' : `${name.registry.replace(/[^a-z0-9.]/gi, '-').toLowerCase()}/`
      return { registry: ghcr.registry, repository: prefix + name.repository }
    },
  }
}

/**
 * Refuses addresses outside this machine while a sandbox is in use.
 * @throws ProblemError `sandbox-not-local`
 */
export function requireLocal(env: Ports['env'], addresses: readonly (string | undefined)[]): void {
  const foreign = addresses.find((each) => each !== undefined && !isLoopbackAddress(each))
  if (foreign === undefined || sandboxOf(env) === null) return
  const message = `SLIPWAY_SANDBOX is set, but ${foreign} is not an address of this machine.`
  throw new ProblemError(error('sandbox-not-local', message, 'Unset SLIPWAY_SANDBOX to publish there for real.'))
}

/** Addresses of the public remotes, whatever the environment says: file formats contain them too. */
export const PUBLIC = publicEndpoints
