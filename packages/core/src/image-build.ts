import { type ImageName, imageName, parseImage } from './image.ts'
import type { Plan, PlannedImage } from './plan.ts'

/** An image that is built once, with all of its names. */
export interface ImageBuild extends Omit<PlannedImage, 'name'> {
  /** Its short name: the last part of its first name. */
  project: string
  names: ImageName[]
}

/** Returns the images of a plan, each with all of its names. */
export function imageBuilds({ images }: Pick<Plan, 'images'>): ImageBuild[] {
  const builds = new Map<string, ImageBuild>()
  for (const { name, ...from } of images) {
    const parsed = parseImage(name)
    // The plan reports an invalid name.
    if (!parsed) continue
    const key = JSON.stringify([from.file, from.context, from.target, from.buildArgs, from.after])
    const build = builds.get(key) ?? { ...from, project: name.split('/').at(-1) as string, names: [] }
    build.names.push({ registry: parsed.registry, repository: parsed.repository })
    builds.set(key, build)
  }
  return [...builds.values()]
}

/** Returns the images of a plan that are built before anything is published. */
export function earlyImages(plan: Pick<Plan, 'images'>): ImageBuild[] {
  return imageBuilds(plan).filter((each) => each.after === undefined)
}

/** Returns the images of a plan that are built once PyPI has the release, which they install. */
export function lateImages(plan: Pick<Plan, 'images'>): ImageBuild[] {
  return imageBuilds(plan).filter((each) => each.after !== undefined)
}

/** Returns the names of an image for people: `docker.io/a/b, ghcr.io/c/d`. */
export function namesOf({ names }: Pick<ImageBuild, 'names'>): string {
  return names.map(imageName).join(', ')
}
