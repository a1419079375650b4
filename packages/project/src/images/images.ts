import { DOCKER_HUB, imageName, parseImage } from '@slipway/core/image'
import type { PlannedImage } from '@slipway/core/plan'
import { error, notice, type Problem, ProblemError, warning } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import type { YamlText } from '@slipway/documents/yaml'
import { isReleased } from '../internal-folders.ts'
import { repositoryAt } from '../repository.ts'
import type { ReadSettings } from '../settings/read.ts'
import type { Place } from '../version-place.ts'
import { COMPOSE_FILES, type ComposeBuild, type ComposeUser, readCompose } from './compose.ts'
import { basesOf, readStages, type Stage } from './dockerfile.ts'

/** What a project says about its container images. */
export interface Images {
  images: PlannedImage[]
  /** Where a compose file has a version. */
  places: Place[]
  problems: Problem[]
}

/** A way to build a Dockerfile. */
type Build = Pick<ComposeBuild, 'context' | 'file' | 'target' | 'names'> & Partial<ComposeBuild>

/** The Dockerfile that is released though no compose file builds it: the first that is there. Its context is the project. */
const STANDARD = ['Dockerfile', 'docker/Dockerfile']

/** The image of a GitHub repository in GitHub's own registry, by the repository's address; none for another address. */
function imageOfRepository(address: string): string[] {
  const repository = repositoryAt(address)
  const name = `ghcr.io/${repository?.toLowerCase()}`
  return repository !== null && parseImage(name) ? [name] : []
}

/** Whether an image's name has no meaning elsewhere: a single word, of which Docker alone disposes, or podman's own. */
function isLocal({ text }: YamlText): boolean {
  const image = parseImage(text)
  if (!image) return false
  return image.registry === 'localhost' || (image.registry === DOCKER_HUB && image.repository.startsWith('library/'))
}

function invalidName({ text, where }: YamlText): Problem {
  const lower = text.toLowerCase()
  const [why, hint] = parseImage(lower)
    ? ['has upper-case letters, which no registry takes', `Write ${lower}.`]
    : ['is no name of an image, so it can be pushed nowhere', 'Write it as in ghcr.io/owner/name:1.2.3.']
  return error('image-name-invalid', `${JSON.stringify(text)} ${why}.`, hint, where)
}

function withoutName(file: string, stages: readonly Stage[]): Problem {
  const message = `The image of ${file} is not released: nothing says what it is called.`
  const hint =
    'Give its service in a compose file an `image` as in ghcr.io/owner/name, beside `build`; or, for the Dockerfile at the top, say in Cargo.toml or pyproject.toml which GitHub repository this is.'
  return notice('image-without-name', message, hint, { file, line: stages.at(-1)?.line ?? 1 })
}

/** What the compose file builds to be released, null when it cannot be read; and its services that build nothing. */
async function composed(
  folder: Folder,
  files: readonly string[],
  problems: Problem[],
): Promise<{ builds: ComposeBuild[] | null; users: ComposeUser[] }> {
  const file = COMPOSE_FILES.find((each) => files.includes(each))
  if (file === undefined) return { builds: [], users: [] }
  try {
    const { builds, users } = await readCompose(file, await folder.read(file))
    return { builds: builds.filter((each) => isReleased(each.file)), users }
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause
    problems.push(...cause.problems)
    return { builds: null, users: [] }
  }
}

/** Where a compose file has the version of images: beside those that it builds, where they are used under their names. */
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

/** Puts an image to the others, unless it is there; when it is built in another way there, that is told. */
function add(images: Map<string, PlannedImage>, image: PlannedImage, { where }: YamlText): Problem[] {
  const known = images.get(image.name)
  if (!known) {
    images.set(image.name, image)
    return []
  }
  if (known.file === image.file && known.context === image.context && known.target === image.target) return []
  const shown = ({ file, context, target }: PlannedImage) =>
    `${file} in ${context}${target === undefined ? '' : ` up to ${target}`}`
  const message = `${image.name} is built from ${shown(image)} here, but from ${shown(known)} before: only that is released.`
  return [warning('image-built-twice', message, 'Give one of them another name.', where)]
}

/** The images of `slipway.toml`, which stand in place of all others. */
async function declared(folder: Folder, { settings, where }: ReadSettings, problems: Problem[]) {
  const images = (settings.images ?? []).map(async (image, index): Promise<PlannedImage[]> => {
    const parsed = parseImage(image.name)
    const text = await folder.read(image.file)
    if (text === null) {
      const message = `${image.file} is to be built, but is not there or leads out of the project, so there is no image to release.`
      problems.push(error('dockerfile-missing', message, 'Add it, or correct `file`.', where('images', index, 'file')))
    }
    if (text === null || !parsed) return []
    return [{ ...image, name: imageName(parsed), bases: basesOf(readStages(text)) }]
  })
  return (await Promise.all(images)).flat()
}

/**
 * Finds the images of a project and what they are called: by the services of its compose file that build them, else,
 * for the Dockerfile at the top (or in `docker/`), by the project's GitHub repository.
 * @param files every file of the project
 * @param addresses of its repository, as its manifests have them, the likeliest first
 * @param given whose images, if it has any, stand in place of those found
 */
export async function readImages(
  folder: Folder,
  files: readonly string[],
  addresses: readonly string[],
  given?: ReadSettings,
): Promise<Images> {
  const problems: Problem[] = []
  const images = new Map<string, PlannedImage>()
  const { builds, users }: { builds: Build[] | null; users: ComposeUser[] } = await composed(folder, files, problems)
  const found = (all: PlannedImage[]): Images => ({
    images: all,
    places: placesOf(builds ?? [], users, all),
    problems,
  })
  if (given?.settings.images) return found(await declared(folder, given, problems))
  if (builds === null) return found([])
  const standard = STANDARD.find((each) => files.includes(each))
  if (standard !== undefined && !builds.some((each) => each.file === standard)) {
    builds.push({ context: '.', file: standard, names: [] })
  }
  const [repository] = addresses.flatMap(imageOfRepository)
  for (const file of new Set(builds.map((each) => each.file))) {
    const alike = builds.filter((each) => each.file === file)
    const text = await folder.read(file)
    const [first] = alike
    if (text === null || !first) {
      const message = `${file} is to be built, but is not there or leads out of the project, so there is no image to release.`
      problems.push(error('dockerfile-missing', message, 'Add it, or correct `build`.', first?.where))
      continue
    }
    const stages = readStages(text)
    const bases = basesOf(stages)
    const planned = (name: string, { context, target }: Build): PlannedImage => {
      return { name, file, context, ...(target !== undefined && { target }), bases }
    }
    const named = alike
      .flatMap((build) => build.names.map((name) => ({ build, name })))
      .filter((each) => !isLocal(each.name))
    for (const { build, name } of named) {
      const image = parseImage(name.text)
      problems.push(...(image ? add(images, planned(imageName(image), build), name) : [invalidName(name)]))
    }
    if (named.length > 0) continue
    if (file === standard && repository !== undefined) {
      const where = { file, line: stages.at(-1)?.line ?? 1 }
      problems.push(...add(images, planned(repository, first), { text: repository, where }))
    } else problems.push(withoutName(file, stages))
  }
  return found([...images.values()])
}
