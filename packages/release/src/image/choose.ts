import { type ImageReference, imageName, parseImage } from '@slipway/core/image'
import { type ImageBuild, imageBuilds } from '@slipway/core/image-build'
import type { Plan } from '@slipway/core/plan'
import { error, type Problem, ProblemError } from '@slipway/core/problem'

/** What is said about an image besides what the project's files say. */
export interface ImageChoice {
  /** Names without tag; none for those that the project's files tell. */
  images: readonly string[]
  /** Dockerfile, relative to the project; without it the plan's. */
  file?: string | undefined
  /** Folder that it copies from, relative to the project; without it the plan's. */
  context?: string | undefined
  /** Stage to build; without it the plan's. */
  target?: string | undefined
}

/** Why there is no image to push: the project has none, and nobody asked for one. */
export const NO_IMAGE = 'The project has no Dockerfile whose image has a name, and none was asked for.'

/** What `images` says in place of names: the plan's, or none. */
export const AUTO_IMAGES = 'auto'
export const NO_IMAGES = 'off'

/** The images of a plan once they are named otherwise, or left out. */
export function plannedImages(plan: Pick<Plan, 'images'>, images: readonly string[]): Plan['images'] {
  const [only] = images
  if (only === undefined || only === AUTO_IMAGES) return plan.images
  const build = only === NO_IMAGES ? null : chooseImage(plan, { images })
  return build ? imagesOf(build) : []
}

/** An image as a plan has it: an entry for each of its names. */
export function imagesOf({ names, project: _, ...from }: ImageBuild): Plan['images'] {
  return names.map((each) => ({ ...from, name: imageName(each) }))
}

/**
 * The image that is meant: of the plan's the one that fits, else the one that is described. Null where the project has
 * none and nothing describes one.
 * @throws ProblemError `image-name-invalid`, `several-images`, `no-image`
 */
export function chooseImage(
  plan: Pick<Plan, 'images'>,
  { images, file, context, target }: ImageChoice,
): ImageBuild | null {
  const names = images.map(parseImage)
  const bad = images.filter((_, index) => !isRepository(names[index] ?? null))
  if (bad.length > 0) throw new ProblemError(bad.map(badName))
  const found = names.filter((each) => each !== null)
  const known = imageBuilds(plan).filter((each) => file === undefined || each.file === file)
  const named = known.filter((each) =>
    each.names.some((one) => found.some((name) => imageName(name) === imageName(one))),
  )
  const planned = named.length > 0 ? named : known
  const [build, ...others] = planned
  if (others.length > 0) throw new ProblemError(severalImages(planned))
  const at = file ?? build?.file ?? (found.length > 0 ? 'Dockerfile' : undefined)
  const called = found.length > 0 ? found : (build?.names ?? [])
  if (at === undefined) return null
  if (called.length === 0) throw new ProblemError(noImage(at))
  return {
    project: called[0]?.repository.split('/').at(-1) as string,
    file: at,
    context: context ?? build?.context ?? '.',
    bases: build?.bases ?? [],
    names: called.map(({ registry, repository }) => ({ registry, repository })),
    ...((target ?? build?.target) !== undefined && { target: target ?? build?.target }),
  }
}

/** Docker takes `Owner/name` for a registry called Owner: there is none, and Docker Hub's owner/name is meant. */
function isRepository(image: ImageReference | null): boolean {
  return image !== null && image.tag === null && image.digest === null && /[.:]|^localhost$/.test(image.registry)
}

function badName(name: string): Problem {
  const hint = 'Write it in lower case, without a tag: ghcr.io/owner/name, or owner/name for Docker Hub.'
  return error('image-name-invalid', `${JSON.stringify(name)} is no name of a repository of images.`, hint)
}

function noImage(file: string): Problem {
  return error(
    'no-image',
    `Nothing names the image of ${file}, so there is nowhere to push it.`,
    'Give `images`: ghcr.io/owner/name, one a line.',
  )
}

function severalImages(builds: readonly ImageBuild[]): Problem {
  const files = builds.map((each) => each.file).join(', ')
  return error(
    'several-images',
    `The project has several images (${files}).`,
    'Name one of them by `file`, or by its `images`, a step each.',
  )
}
