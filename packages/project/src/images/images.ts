import { DOCKER_HUB, imageName, parseImage } from '@slipway/core/image'
import type { PlannedImage } from '@slipway/core/plan'
import { error, notice, type Problem, ProblemError, placeText, type Where, warning } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { folderOf } from '@slipway/documents/paths'
import type { Job } from '@slipway/documents/workflows/jobs'
import type { YamlText } from '@slipway/documents/yaml'
import { namedImages } from '../evidence/pushed-images.ts'
import type { ReleaseWorkflows } from '../evidence/release-workflows.ts'
import { isReleased } from '../internal-folders.ts'
import { repositoryAt } from '../repository.ts'
import { isIncluded } from '../settings/folders.ts'
import { DEFAULT_SETTINGS, type ReadSettings } from '../settings/read.ts'
import type { Settings } from '../settings/settings.ts'
import type { Place } from '../version-place.ts'
import { COMPOSE_FILES, type ComposeBuild, type ComposeUser, readCompose } from './compose.ts'
import { basesOf, readStages } from './dockerfile.ts'

/** The container images of a project. */
export interface Images {
  images: PlannedImage[]
  /** The versions in the compose file. */
  places: Place[]
  problems: Problem[]
}

/** A way to build a Dockerfile. */
type Build = Pick<ComposeBuild, 'context' | 'file' | 'target' | 'names'> & Partial<ComposeBuild>

/** The Dockerfile that is released even if no compose file builds it: the first existing one. Its context is the project. */
const STANDARD = ['Dockerfile', 'docker/Dockerfile']

/** Returns the image of a GitHub repository in ghcr.io, by the repository's address; nothing for another address. */
function imageOfRepository(address: string): string[] {
  const repository = repositoryAt(address)
  const name = `ghcr.io/${repository?.toLowerCase()}`
  return repository !== null && parseImage(name) ? [name] : []
}

/** Whether an image's name is only valid locally: a single word, reserved for Docker's own images, or podman's `localhost`. */
function isLocal({ text }: YamlText): boolean {
  const image = parseImage(text)
  if (!image) return false
  return image.registry === 'localhost' || (image.registry === DOCKER_HUB && image.repository.startsWith('library/'))
}

function invalidName({ text, where }: YamlText): Problem {
  const lower = text.toLowerCase()
  const [why, hint] = parseImage(lower)
    ? ['has upper-case letters, which no registry accepts', `Write ${lower}.`]
    : ['is not the name of an image, so it cannot be pushed', 'Write a name as in ghcr.io/owner/name:1.2.3.']
  return error('image-name-invalid', `${JSON.stringify(text)} ${why}.`, hint, where)
}

function withoutName(where: Where): Problem {
  const { file } = where
  const message = `The image of ${file} has no name, so it is not released.`
  const hint =
    'Add `image`, as in ghcr.io/owner/name, beside `build` in the compose file. A Dockerfile at the top can also get its name from a GitHub repository in Cargo.toml or pyproject.toml.'
  return notice('image-without-name', message, hint, where)
}

/** Returns the problem of an image that the project's own workflows do not push, although they publish; null for none. */
function withoutPush(where: Where, { crates, pypi, image, isSlipway }: ReleaseWorkflows): Problem | null {
  const publisher = crates[0]?.where ?? pypi
  if (isSlipway || image !== null || !publisher) return null
  const message = `No workflow pushes the image of ${where.file}, though ${placeText(publisher)} publishes, so it is not released.`
  return notice('image-not-pushed', message, 'To release it, name it under `[[images]]` in slipway.toml.', where)
}

/** Reads the compose file: its builds, null if it is unreadable; and its services that build nothing. */
async function readComposeFile(
  folder: Folder,
  files: readonly string[],
  problems: Problem[],
  settings: Settings = DEFAULT_SETTINGS,
): Promise<{ builds: ComposeBuild[] | null; users: ComposeUser[] }> {
  const file = COMPOSE_FILES.find((each) => files.includes(each))
  if (file === undefined) return { builds: [], users: [] }
  try {
    const { builds, users } = await readCompose(file, await folder.read(file))
    return {
      builds: builds.filter((each) => isReleased(each.file) || isIncluded(settings, folderOf(each.file))),
      users,
    }
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause
    problems.push(...cause.problems)
    return { builds: null, users: [] }
  }
}

/** Returns the versions of the project's images in a compose file, in services that build them and in services that run them. */
function placesOf(builds: readonly Build[], users: readonly ComposeUser[], images: readonly PlannedImage[]): Place[] {
  const named = (text: string) => {
    const image = parseImage(text)
    return image ? [imageName(image)] : []
  }
  const own = new Set([
    ...images.map((each) => each.name),
    ...builds.flatMap((each) => each.names.flatMap(({ text }) => named(text))),
  ])
  const used = users.filter(({ name }) => named(name).some((each) => own.has(each)))
  return [...builds, ...used].flatMap((each) => each.places ?? [])
}

/**
 * Returns the builds of images that jobs push in a release, with the names that they push; none for a Dockerfile to which the
 * compose file gives a name.
 */
async function pushedBuilds(
  folder: Folder,
  jobs: readonly Job[],
  addresses: readonly string[],
  composed: readonly Build[],
) {
  const [repository = null] = addresses.flatMap((each) => repositoryAt(each) ?? [])
  const named = new Set(composed.filter((each) => !each.names.every(isLocal)).map((each) => each.file))
  const builds: Build[] = []
  for (const { name, where, build } of jobs.flatMap((job) => namedImages(job, repository))) {
    if (!build?.isPushed || !isReleased(build.file) || named.has(build.file)) continue
    const { file, context, target } = build
    // A job may write its Dockerfile, or check out another repository first.
    if ((await folder.read(file)) === null) continue
    builds.push({ context, file, ...(target !== undefined && { target }), names: [{ text: name, where }] })
  }
  return distinctBuilds(builds)
}

/** Returns each build once: several jobs may push one image. */
function distinctBuilds(builds: readonly Build[]): Build[] {
  const key = ({ names, file, context, target }: Build) =>
    JSON.stringify([names.map((each) => each.text), file, context, target])
  return [...new Map(builds.map((each) => [key(each), each])).values()]
}

/** Adds an image unless one of its name is there; warns if that is built differently (`image-built-twice`). */
function add(images: Map<string, PlannedImage>, image: PlannedImage, { where }: YamlText): Problem[] {
  const known = images.get(image.name)
  if (!known) {
    images.set(image.name, image)
    return []
  }
  if (known.file === image.file && known.context === image.context && known.target === image.target) return []
  const build = ({ file, context, target }: PlannedImage) =>
    `${file} in ${context}${target === undefined ? '' : ` up to ${target}`}`
  const message = `${image.name} is built from ${build(image)} here, but from ${build(known)} before; only the first is released.`
  return [warning('image-built-twice', message, 'Rename one of them.', where)]
}

/** Returns the images of `slipway.toml`, which replace all others. */
async function imagesOfSettings(folder: Folder, { settings, where }: ReadSettings, problems: Problem[]) {
  const images = (settings.images ?? []).map(async (image, index): Promise<PlannedImage[]> => {
    const parsed = parseImage(image.name)
    const text = await folder.read(image.file)
    if (text === null) {
      const message = `${image.file} is missing or outside of the project, so ${image.name} cannot be built.`
      problems.push(error('dockerfile-missing', message, 'Add it, or correct `file`.', where('images', index, 'file')))
    }
    if (text === null || !parsed) return []
    const { buildArgs, ...rest } = image
    const isSet = Object.keys(buildArgs).length > 0
    const bases = basesOf(readStages(text, buildArgs))
    return [{ ...rest, name: imageName(parsed), bases, ...(isSet && { buildArgs }) }]
  })
  return (await Promise.all(images)).flat()
}

/**
 * Finds the images of a project and their names: from the services of its compose file that build them, else from the jobs
 * that push them in a release, else, for the Dockerfile at the top (or in `docker/`), from the project's GitHub repository,
 * unless only other things are published.
 * @param files every file of the project
 * @param addresses of its repository in its manifests, the likeliest first
 * @param read the settings, whose images replace those found
 * @param workflows what the project's own workflows release
 */
export async function readImages(
  folder: Folder,
  files: readonly string[],
  addresses: readonly string[],
  read?: ReadSettings,
  workflows?: ReleaseWorkflows,
): Promise<Images> {
  const problems: Problem[] = []
  const images = new Map<string, PlannedImage>()
  const { builds, users }: { builds: Build[] | null; users: ComposeUser[] } = await readComposeFile(
    folder,
    files,
    problems,
    read?.settings,
  )
  const withPlaces = (all: PlannedImage[]): Images => ({
    images: all,
    places: placesOf(builds ?? [], users, all),
    problems,
  })
  if (read?.settings.images) return withPlaces(await imagesOfSettings(folder, read, problems))
  if (builds === null) return withPlaces([])
  builds.push(...(await pushedBuilds(folder, workflows?.jobs ?? [], addresses, builds)))
  const standard = STANDARD.find((each) => files.includes(each))
  if (standard !== undefined && !builds.some((each) => each.file === standard)) {
    builds.push({ context: '.', file: standard, names: [] })
  }
  const [repository] = addresses.flatMap(imageOfRepository)
  for (const file of new Set(builds.map((each) => each.file))) {
    const sameFile = builds.filter((each) => each.file === file)
    const text = await folder.read(file)
    const [first] = sameFile
    if (text === null || !first) {
      const message = `${file} is missing or outside of the project, so its image cannot be built.`
      problems.push(error('dockerfile-missing', message, 'Add it, or correct `build`.', first?.where))
      continue
    }
    const stages = readStages(text)
    const bases = basesOf(stages)
    const planned = (name: string, { context, target }: Build): PlannedImage => {
      return { name, file, context, ...(target !== undefined && { target }), bases }
    }
    const named = sameFile
      .flatMap((build) => build.names.map((name) => ({ build, name })))
      .filter((each) => !isLocal(each.name))
    for (const { build, name } of named) {
      const image = parseImage(name.text)
      problems.push(...(image ? add(images, planned(imageName(image), build), name) : [invalidName(name)]))
    }
    if (named.length > 0) continue
    const where = { file, line: stages.at(-1)?.line ?? 1 }
    const unpushed = file === standard && workflows ? withoutPush(where, workflows) : null
    if (unpushed) problems.push(unpushed)
    else if (file === standard && repository !== undefined) {
      problems.push(...add(images, planned(repository, first), { text: repository, where }))
    } else problems.push(withoutName(where))
  }
  return withPlaces([...images.values()])
}
