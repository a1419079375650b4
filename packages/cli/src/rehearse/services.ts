import { spawn } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { DOCKER_HUB, type ImageName } from '@slipway/core/image'
import { error, ProblemError } from '@slipway/core/problem'
import type { OciTarget } from '@slipway/registries/oci/publisher'
import { imageTarget } from '@slipway/registries/oci/target'
import type { Destinations } from '@slipway/release/publish'
import { answers, readDescription, type SandboxDescription } from '@slipway/sandbox/description'
import { startSandbox } from '@slipway/sandbox/start'

/** The services that a rehearsal talks to. */
export interface Services {
  description: SandboxDescription
  /** Ends them if they were started here. */
  close(): Promise<void>
}

/** Attaches to the services of a folder if they answer, else starts them in this process. */
export async function attachOrStart(dir: string, cargoUpstream: string): Promise<Services> {
  const running = await readDescription(dir)
  if (running && (await answers(running))) return { description: running, close: async () => {} }
  return startSandbox({ dir, cargoUpstream })
}

/**
 * Starts the services of a folder in a process of their own that stays. Gives their description.
 * @throws ProblemError when they do not answer in time
 */
export async function leaveRunning(dir: string): Promise<SandboxDescription> {
  const entry = process.argv[1] as string
  spawn(process.execPath, [entry, 'sandbox', '--dir', dir], { detached: true, stdio: 'ignore' }).unref()
  for (let waited = 0; waited < 10_000; waited += 100) {
    const description = await readDescription(dir)
    if (description && (await answers(description))) return description
    await setTimeout(100)
  }
  throw new ProblemError(
    error('sandbox-silent', `The services of ${dir} did not start.`, `Run: slipway sandbox --dir ${dir}`),
  )
}

/** The repository that plays the one of an image's name: Docker Hub's, or for all other registries GHCR's. */
export function sandboxImage({ dockerhub, ghcr }: SandboxDescription, name: ImageName): OciTarget {
  const { registry, ...credentials } = name.registry === DOCKER_HUB ? dockerhub : ghcr
  const own = name.registry === DOCKER_HUB || name.registry === 'ghcr.io'
  const repository = own
    ? name.repository
    : `${name.registry.replace(/[^a-z0-9.]/gi, '-').toLowerCase()}/${name.repository}`
  return { ...imageTarget(name, credentials, []), registry, repository, web: null }
}

/** The sandbox as the destinations of a release. */
export function destinationsOf(description: SandboxDescription, repository: string): Destinations {
  const { cargo, pypi, testpypi, github } = description
  const ofPyPI = { isPyPI: true, username: '__token__', web: null }
  const index = (name: string, at: SandboxDescription['pypi']) => ({ name, ...ofPyPI, ...at })
  return {
    crates: { name: 'crates.io', isCratesIo: true, index: cargo.index, token: cargo.token, web: null },
    testpypi: index('Test PyPI', testpypi),
    pypi: index('PyPI', pypi),
    github: { api: github.api, repository, token: github.token },
    images: (name) => sandboxImage(description, name),
  }
}
