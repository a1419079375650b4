import { rm } from 'node:fs/promises'
import { describeImage } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import { imageName } from '@slipway/core/image'
import { imageBuilds } from '@slipway/core/image-build'
import { ask, guarded, PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { RemoteError } from '@slipway/core/publisher'
import { endpointsOf } from '@slipway/registries/endpoints'
import type { Login } from '@slipway/registries/oci/authorization'
import { OciClient } from '@slipway/registries/oci/client'
import { pullImage } from '@slipway/registries/oci/pull'
import { imageTarget } from '@slipway/registries/oci/target'

/**
 * Fetches an image by its digest into its artifact's layout, from the first repository that has it. Returns whether one
 * had it.
 */
export async function fetchImage(ports: Ports, plan: Plan, image: Artifact, login: Login): Promise<boolean> {
  const build = imageBuilds(plan).find((each) => each.project === image.project)
  const endpoints = endpointsOf(ports.env)
  for (const name of build?.names ?? []) {
    const target = imageTarget(name, await login(name.registry), [], endpoints)
    const client = new OciClient(ports, target)
    const remote = { name: 'oci', target: imageName(name) }
    const effort = { ...ports, patience: PUBLIC_PATIENCE }
    const found = await guarded(remote, 'read the image', () =>
      ask(() => client.manifest(`sha256:${image.sha256}`).catch(missingIfDenied), effort),
    )
    if (!found) continue
    await guarded(remote, 'fetch the image', () => ask(() => pullImage(client, found, image.path), effort))
    if ((await describeImage(image.project, image.version, image.path)).sha256 === image.sha256) return true
    await rm(image.path, { recursive: true, force: true })
  }
  return false
}

/** Treats a denied request as a missing image: without a login, a private repository shows nothing. */
function missingIfDenied(cause: unknown): null {
  if (cause instanceof RemoteError && cause.failure === 'denied') return null
  throw cause
}
