import { describeImage, imageFilename } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import { imageName } from '@slipway/core/image'
import type { ImageBuild } from '@slipway/core/image-build'
import { ask, type Effort, guarded } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { OciClient } from '@slipway/registries/oci/client'
import type { OciTarget } from '@slipway/registries/oci/publisher'
import { pullImage, remoteLabels } from '@slipway/registries/oci/pull'
import { versionTag } from '@slipway/registries/oci/tags'
import { REVISION_LABEL } from './build.ts'

/** Which image is looked for, and where. */
interface Search {
  plan: Plan
  build: ImageBuild
  targets: readonly OciTarget[]
  /** For the image's layout, when it is needed. */
  folder: string
  /** Fetch the image even where every repository has it. */
  fetch: boolean
}

/**
 * The image that one of the repositories has under the version's tag already, when it is of this very commit: what was
 * released there is released everywhere, since a second build would be another image. Null when none has one.
 * @throws ProblemError `image-tag-taken` when it is of another commit, or does not tell
 */
export async function heldImage(
  ports: Pick<Ports, 'http' | 'clock'>,
  { plan, build, targets, folder, fetch }: Search,
  effort: Effort,
): Promise<Artifact | null> {
  const tag = versionTag(plan.version)
  const asked = targets.map((to) => {
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
    asked.map(({ to, client, patiently }) =>
      patiently(() =>
        client.digestOf(tag).catch((cause: unknown) => {
          // Without a login, a private repository shows nothing.
          if (isHidden(to, cause)) return null
          throw cause
        }),
      ),
    ),
  )
  const holder = asked[digests.findIndex((each) => each !== null)]
  if (!holder) return null
  const { client, patiently, to } = holder
  const image = await patiently(() => client.manifest(tag))
  if (!image) return null
  const revision = (await patiently(() => remoteLabels(client, image)))[REVISION_LABEL]
  if (plan.commit === null || revision !== plan.commit) throw new ProblemError(taken(to, tag, revision, plan))
  // Where every repository has it, nothing of it is needed here.
  const lacking = fetch || digests.some((each) => each === null)
  const { project } = build
  if (lacking) {
    await patiently(() => pullImage(client, image, folder))
    // Later steps compare the layout with what the manifest says of it.
    return describeImage(project, plan.version, folder)
  }
  const filename = imageFilename(project, plan.version)
  const sha256 = image.digest.replace('sha256:', '')
  return { kind: 'image', project, version: plan.version, filename, path: folder, size: image.content.length, sha256 }
}

function taken({ name }: OciTarget, tag: string, revision: string | undefined, { commit }: Plan): Problem {
  const whose = revision === undefined ? 'does not tell its commit' : `is of commit ${revision.slice(0, 12)}`
  return error(
    'image-tag-taken',
    `${imageName(name)}:${tag} is there already and ${whose}; ${commit?.slice(0, 12) ?? 'no commit'} is released. What a version is must never change.`,
    'Release from that commit, or release this one under a new version; if the image is a failed try, delete its tag in the registry.',
  )
}
