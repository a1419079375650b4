import { REVISION_LABEL } from '@slipway/artifacts/oci/labels'
import { describeImage, imageFilename } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import { imageName } from '@slipway/core/image'
import type { ImageBuild } from '@slipway/core/image-build'
import { ask, type Effort, guarded } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { ProblemError } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { OciClient } from '@slipway/registries/oci/client'
import type { OciTarget } from '@slipway/registries/oci/publisher'
import { pullImage, remoteLabels } from '@slipway/registries/oci/pull'
import { tagTaken } from '@slipway/registries/oci/tag-taken'
import { versionTag } from '@slipway/registries/oci/tags'
import { existingImage } from './layout.ts'

/** The image to find, and where. */
interface Search {
  plan: Plan
  build: ImageBuild
  targets: readonly OciTarget[]
  /** The image in the layout that the step was given, if any. */
  local: Artifact | null
  /** Folder for the image's layout, if it must be fetched. */
  folder: string
  /** Fetch the image even if every repository has it. */
  fetch: boolean
}

/**
 * Finds the image of the version's tag in one of its repositories, if it is the step's own or from this commit: it must
 * then be pushed to all of them, since a second build would be another image. Returns null if no repository has one.
 * @throws ProblemError `image-tag-taken` when it is another image, from another or an unknown commit
 */
export async function publishedImage(
  ports: Ports,
  { plan, build, targets, local, folder, fetch }: Search,
  effort: Effort,
): Promise<Artifact | null> {
  const tag = versionTag(plan.version)
  const repositories = targets.map((to) => {
    const remote = { name: 'oci', target: imageName(to.name) }
    const client = new OciClient(ports, to)
    return {
      to,
      client,
      patiently: <T>(act: () => Promise<T>) => guarded(remote, `read ${tag}`, () => ask(act, effort)),
    }
  })
  const isHidden = (to: OciTarget, cause: unknown) =>
    to.credentials === null && cause instanceof RemoteError && cause.failure === 'denied'
  const digests = await Promise.all(
    repositories.map(({ to, client, patiently }) =>
      patiently(() =>
        client.digestOf(tag).catch((cause: unknown) => {
          // Without a login, a private repository shows nothing.
          if (isHidden(to, cause)) return null
          throw cause
        }),
      ),
    ),
  )
  const source = repositories[digests.findIndex((each) => each !== null)]
  if (!source) return null
  // The same digest is the same image, whatever its labels say.
  const isLocal = (digest: string | null) => digest === null || digest === `sha256:${local?.sha256}`
  if (local && digests.every(isLocal)) return existingImage(ports, plan, build, local.path)
  const { client, patiently, to } = source
  const image = await patiently(() => client.manifest(tag))
  if (!image) return null
  const revision = (await patiently(() => remoteLabels(client, image)))[REVISION_LABEL]
  if (plan.commit === null || revision !== plan.commit)
    throw new ProblemError(tagTaken(to.name, tag, revision, plan.commit))
  // If every repository has the image, its content is not needed here.
  const isNeeded = fetch || digests.some((each) => each === null)
  const { project } = build
  if (isNeeded) {
    await patiently(() => pullImage(client, image, folder))
    // Later steps compare the layout with the manifest.
    return describeImage(project, plan.version, folder)
  }
  const filename = imageFilename(project, plan.version)
  const sha256 = image.digest.replace('sha256:', '')
  return { kind: 'image', project, version: plan.version, filename, path: folder, size: image.content.length, sha256 }
}
