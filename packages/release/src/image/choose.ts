import { type ImageReference, imageName, parseImage } from '@slipway/core/image'
import { type ImageBuild, imageBuilds } from '@slipway/core/image-build'
import type { Plan } from '@slipway/core/plan'
import { error, type Problem, ProblemError } from '@slipway/core/problem'

/** Options that select or describe an image, in addition to the project's files. */
export interface ImageChoice {
  /** Names without tag; empty to use those in the project's files. */
  images: readonly string[]
  /** Dockerfile, relative to the project; default: the plan's. */
  file?: string | undefined
  /** Build context, relative to the project; default: the plan's. */
  context?: string | undefined
  /** Stage to build; default: the plan's. */
  target?: string | undefined
}

/** Reason why there is no image to push. */
export const NO_IMAGE = 'The project has no Dockerfile with a named image, and the inputs name none.'

/** Reason why a step leaves an image to a later one. */
export const LATE_IMAGE = 'The image is built once PyPI has the release (`after` in slipway.toml), so not by this step.'

/** Values of `images` in place of names: the plan's images, or none. */
export const AUTO_IMAGES = 'auto'
export const NO_IMAGES = 'off'

/** Returns the images of a plan after they are renamed or left out. */
export function plannedImages(plan: Pick<Plan, 'images'>, images: readonly string[]): Plan['images'] {
  const [only] = images
  if (only === undefined || only === AUTO_IMAGES) return plan.images
  const build = only === NO_IMAGES ? null : chooseImage(plan, { images })
  return build ? imagesOf(build) : []
}

/** Returns an image in the form of a plan: one entry for each name. */
export function imagesOf({ names, project: _, ...from }: ImageBuild): Plan['images'] {
  return names.map((each) => ({ ...from, name: imageName(each) }))
}

/**
 * Returns the selected image: a matching one of the plan, else one from the options. Null if the plan has none and the
 * options describe none.
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
  const dockerfile = file ?? build?.file ?? (found.length > 0 ? 'Dockerfile' : undefined)
  const targets = found.length > 0 ? found : (build?.names ?? [])
  if (dockerfile === undefined) return null
  if (targets.length === 0) throw new ProblemError(noImage(dockerfile))
  return {
    project: targets[0]?.repository.split('/').at(-1) as string,
    file: dockerfile,
    context: context ?? build?.context ?? '.',
    bases: build?.bases ?? [],
    names: targets.map(({ registry, repository }) => ({ registry, repository })),
    ...(build?.buildArgs && { buildArgs: build.buildArgs }),
    ...(build?.after && { after: build.after }),
    ...((target ?? build?.target) !== undefined && { target: target ?? build?.target }),
  }
}

/**
 * Returns whether a name is a repository. Docker parses `Owner/name` as a registry `Owner`, but Docker Hub's owner/name
 * is meant.
 */
function isRepository(image: ImageReference | null): boolean {
  return image !== null && image.tag === null && image.digest === null && /[.:]|^localhost$/.test(image.registry)
}

function badName(name: string): Problem {
  const hint = 'Use lower case and no tag: ghcr.io/owner/name, or owner/name for Docker Hub.'
  return error('image-name-invalid', `${JSON.stringify(name)} is not a valid image repository.`, hint)
}

function noImage(file: string): Problem {
  return error(
    'no-image',
    `The image of ${file} has no name, so it cannot be pushed.`,
    'Set `images` to its names, one per line: ghcr.io/owner/name.',
  )
}

function severalImages(builds: readonly ImageBuild[]): Problem {
  const files = builds.map((each) => each.file).join(', ')
  return error(
    'several-images',
    `The project has several images (${files}).`,
    'Select one with `file` or `images`, and use one step for each image.',
  )
}
