import { DOCKER_HUB, type ImageName } from '@slipway/core/image'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { isLoopbackAddress, type SandboxDescription, sandboxOf } from '@slipway/core/sandbox'
import type { Access } from './destination.ts'
import publicEndpoints from './endpoints.json' with { type: 'json' }
import type { SigningService } from './signing/sign.ts'

/** A package index: where files are uploaded, where they are listed, and the pages of projects for people. */
export interface IndexEndpoints {
  upload: string
  simple: string
  /** Without a trailing slash; null where there are no pages. */
  web: string | null
}

/** Where the remotes of a release are. */
export interface Endpoints {
  /** `name` is what Cargo.toml calls the index; `index` begins with `sparse+`. */
  crates: { name: string; index: string; web: string | null }
  pypi: IndexEndpoints
  testpypi: IndexEndpoints
  github: { api: string }
  /** `login` is the key under which docker keeps its login. */
  dockerhub: { registry: string; login: string; web: string | null }
  /** Where signatures are made: in public, or by GitHub without a public log, for what is not public. */
  signing: { public: SigningService; github: SigningService }
  /** Registry and repository that stand in for a name's own, in a sandbox; null for the name's own. */
  standIn: ((name: ImageName) => { registry: string; repository: string } | null) | null
}

/**
 * Where the remotes are: the public ones, or, where `SLIPWAY_SANDBOX` names a sandbox, that one's.
 * @throws ProblemError when the sandbox cannot be read or is not local, or the job's GitHub is not local beside it
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
      // A registry of this machine is local already.
      if (isLoopbackAddress(`http://${name.registry}`)) return null
      if (name.registry === DOCKER_HUB) return { registry: sandbox.dockerhub.registry, repository: name.repository }
      const prefix = name.registry === 'ghcr.io' ? '' : `${name.registry.replace(/[^a-z0-9.]/gi, '-').toLowerCase()}/`
      return { registry: ghcr.registry, repository: prefix + name.repository }
    },
  }
}

/**
 * Makes sure that a place outside the release's own is on this machine too, where a sandbox stands in for those.
 * @throws ProblemError `sandbox-not-local`
 */
export function requireLocal(env: Ports['env'], addresses: readonly (string | undefined)[]): void {
  const foreign = addresses.find((each) => each !== undefined && !isLoopbackAddress(each))
  if (foreign === undefined || sandboxOf(env) === null) return
  const message = `SLIPWAY_SANDBOX is set, but ${foreign} is not an address of this machine.`
  throw new ProblemError(error('sandbox-not-local', message, 'Unset SLIPWAY_SANDBOX to publish there for real.'))
}

/** What opens the services of a sandbox: tokens by channel, and the logins of its registries of images. */
export function sandboxLogins(sandbox: SandboxDescription): Pick<Access, 'tokens' | 'login'> {
  const { cargo, pypi, testpypi, github, dockerhub, ghcr } = sandbox
  return {
    tokens: { crates: cargo.token, pypi: pypi.token, testpypi: testpypi.token, github: github.token },
    login: async (registry) => (registry === DOCKER_HUB ? dockerhub : ghcr),
  }
}

/** Where the public remotes are, whatever the environment says: their names are facts of file formats too. */
export const PUBLIC = publicEndpoints
