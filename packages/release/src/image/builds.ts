import { join } from 'node:path'
import { describeImage } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'
import { type ImageName, imageName, parseImage } from '@slipway/core/image'
import type { Plan, PlannedImage } from '@slipway/core/plan'
import type { Credentials } from '@slipway/registries/oci/authorization'
import type { OciTarget } from '@slipway/registries/oci/publisher'
import { imageTarget } from '@slipway/registries/oci/target'
import type { Engine } from '@slipway/toolchain/engine/engine'

/** One image, which is built once, and every name that it goes under. */
export interface ImageBuild extends Omit<PlannedImage, 'name'> {
  /** What it is called where no registry matters: the last part of its first name. */
  project: string
  names: ImageName[]
}

/** The images of a plan, each with all of its names. */
export function imageBuilds({ images }: Pick<Plan, 'images'>): ImageBuild[] {
  const builds = new Map<string, ImageBuild>()
  for (const { name, ...from } of images) {
    const parsed = parseImage(name)
    // The plan tells what is wrong with a name that is none.
    if (!parsed) continue
    const key = JSON.stringify([from.file, from.context, from.target])
    const build = builds.get(key) ?? { ...from, project: name.split('/').at(-1) as string, names: [] }
    build.names.push({ registry: parsed.registry, repository: parsed.repository })
    builds.set(key, build)
  }
  return [...builds.values()]
}

/** Gives the login for a registry, or null when there is none. */
export type Login = (registry: string) => Promise<Credentials | null>

/** The repositories that an image goes to, each with its login. Throws what `login` throws. */
export function imageTargets({ names, bases }: ImageBuild, login: Login): Promise<OciTarget[]> {
  const parents = bases.map(parseImage).filter((each) => each !== null)
  return Promise.all(names.map(async (name) => imageTarget(name, await login(name.registry), [...parents, ...names])))
}

/** What an image is built with besides what the plan says. */
export interface BuildImagesOptions {
  /** The project, absolute. */
  dir: string
  /** Folder of the layout, absolute; not there yet. */
  layout: string
  /** Seconds since the epoch that what is built carries as its time. */
  sourceDateEpoch: number
  /** `linux/amd64`; none for this machine's own. */
  platforms: readonly string[]
  buildArgs: Record<string, string>
  /** On top of, and in place of, those that the plan makes. */
  labels: Record<string, string>
  /** Address of the sources' repository, where it is known. */
  source?: string | undefined
}

/**
 * Builds an image into a layout.
 * @throws ProblemError when the engine fails
 */
export async function buildImage(
  engine: Engine,
  plan: Pick<Plan, 'version' | 'commit'>,
  { project, file, context, target }: ImageBuild,
  { dir, layout, sourceDateEpoch, platforms, buildArgs, labels, source }: BuildImagesOptions,
): Promise<Artifact> {
  await engine.build({
    context: join(dir, context),
    file: join(dir, file),
    ...(target !== undefined && { target }),
    buildArgs,
    labels: { ...standardLabels(plan, { project, sourceDateEpoch, source }), ...labels },
    platforms,
    sourceDateEpoch,
    out: layout,
  })
  return describeImage(project, plan.version, layout)
}

/** The label in which an image tells the commit that it was built from. */
export const REVISION_LABEL = 'org.opencontainers.image.revision'

/** OCI image specification, "Pre-Defined Annotation Keys". GHCR finds the repository of a package by `source`. */
function standardLabels(
  { version, commit }: Pick<Plan, 'version' | 'commit'>,
  { project, sourceDateEpoch, source }: { project: string; sourceDateEpoch: number; source: string | undefined },
): Record<string, string> {
  const key = 'org.opencontainers.image'
  return {
    [`${key}.title`]: project,
    [`${key}.version`]: version,
    [`${key}.created`]: new Date(sourceDateEpoch * 1000).toISOString(),
    ...(commit !== null && { [REVISION_LABEL]: commit }),
    ...(source !== undefined && { [`${key}.source`]: source }),
  }
}

/** Where an image is called what, for people: `docker.io/a/b, ghcr.io/c/d`. */
export function namesOf({ names }: Pick<ImageBuild, 'names'>): string {
  return names.map(imageName).join(', ')
}
