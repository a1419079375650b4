import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describeImage } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import { type ImageBuild, namesOf } from '@slipway/core/image-build'
import { PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, type Problem, ProblemError } from '@slipway/core/problem'
import { endpointsOf } from '@slipway/registries/endpoints'
import type { Login } from '@slipway/registries/oci/authorization'
import { OciPublisher } from '@slipway/registries/oci/publisher'
import { imageTargets } from '@slipway/registries/oci/target'
import { assembledPlan } from '../handover/handover.ts'
import { manifestArtifacts } from '../job/artifacts.ts'
import { scratchFolder } from '../job/scratch.ts'
import { builtImage, existingImage } from './layout.ts'
import { requireOnPyPI } from './on-pypi.ts'
import type { PushImageOptions } from './options.ts'
import { publishedImage } from './published.ts'
import { imagesFolder, receivedImage } from './received.ts'

/** Returns the image from the manifest, a registry, the layout's folder, or a new build. */
export async function imageOf(
  ports: Ports,
  plan: Plan,
  build: ImageBuild,
  options: PushImageOptions & { login: Login },
): Promise<{ built: Artifact; isPublished: boolean }> {
  const known = (await manifestArtifacts(plan, options.manifest)) ?? []
  const listed = known.find((each) => each.kind === 'image' && each.project === build.project)
  const { digest } = options
  const received = digest === undefined ? null : await receivedImage(ports, build, { ...options, digest })
  const chosen = options.layout ?? (received ?? listed)?.path
  // A fetched image must not mix with the files that the manifest lists.
  const folder = options.layout ?? (await newLayout(ports, build, options))
  const layout = chosen ?? folder
  const targets = await imageTargets(build, options.login, endpointsOf(ports.env))
  if (options.push !== 'false') {
    // Check the logins before the build, which takes minutes.
    failOnErrors((await Promise.all(targets.map((each) => new OciPublisher(ports, each).verify()))).flat())
  }
  // A job that publishes an assembled release pushes its image and builds nothing.
  if (build.after === undefined && !received && (await assembledPlan(options.manifest))) {
    if (!listed) throw new ProblemError(notAssembled(build))
    return { built: await existingImage(ports, plan, build, listed.path), isPublished: false }
  }
  const effort = { ...ports, patience: PUBLIC_PATIENCE }
  // An unreadable layout is reported when it is used.
  const local = chosen === undefined ? null : await describeImage(build.project, plan.version, chosen).catch(() => null)
  const search = { plan, build, targets, local, folder, fetch: options.push === 'false' }
  const published = await publishedImage(ports, search, effort)
  if (published) return { built: published, isPublished: true }
  // The job that built it has run it, without the secrets of this one.
  if (received) return { built: await existingImage(ports, plan, build, received.path), isPublished: false }
  if (build.after !== undefined) {
    if (!existsSync(join(options.dir, build.file))) throw new ProblemError(notCheckedOut(build))
    await requireOnPyPI(ports, plan, known)
  }
  const built = await builtImage(ports, plan, build, { ...options, layout, mayReuse: chosen !== undefined })
  return { built, isPublished: false }
}

function notCheckedOut(build: ImageBuild): Problem {
  const message = `This job has no ${build.file}, so it cannot build ${namesOf(build)}.`
  return error('dockerfile-missing', message, 'Check out the repository in this job, before push-image.')
}

function notAssembled(build: ImageBuild): Problem {
  const message = `The assembled release has no image ${build.project}, so there is nothing to push to ${namesOf(build)}.`
  return error(
    'part-missing',
    message,
    'Set the same `images` for push-image and assemble, and build the image before assembling.',
  )
}

/** Returns the default folder of a new layout: beside the other built files if later steps need it. */
async function newLayout(ports: Ports, { project }: ImageBuild, { manifest, push }: PushImageOptions): Promise<string> {
  if (push === 'false') return join(imagesFolder(manifest), project)
  return join(await scratchFolder(ports, 'image'), 'layout')
}
