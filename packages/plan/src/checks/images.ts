import { type ImageBuild, imageBuilds, namesOf } from '@slipway/core/image-build'
import { error, notice, type Problem, warning } from '@slipway/core/problem'
import { readStages } from '@slipway/project/images/dockerfile'
import type { Check } from './check.ts'
import { installsItself, outdatedWheels, ownInstalls, unpinnedBases } from './dockerfiles.ts'

const dockerfiles: Check = async (subject) => {
  const { images } = subject.project
  const found = [...new Set(images.map((each) => each.file))].map(async (file) => {
    const text = (await subject.folder.read(file)) ?? ''
    const isEarly = images.some((each) => each.file === file && each.after === undefined)
    return [
      ...unpinnedBases(file, text),
      ...outdatedWheels(file, text, subject),
      ...(isEarly ? installsItself(file, text, subject) : []),
    ]
  })
  return (await Promise.all(found)).flat()
}

/** Reports several images: a step, and the reusable workflows, release one. */
const severalImages: Check = ({ project }) => {
  const builds = new Map(imageBuilds(project).map((each) => [`${each.file} ${each.after}`, each.file]))
  const files = [...builds.values()]
  if (files.length < 2) return []
  const message = `The project has several images (${files.join(', ')}), but a step releases one, so push-image and Slipway's workflows stop.`
  const hint = 'Name one in the input `images` (`off` for none), or remove the others from `images` in slipway.toml.'
  return [warning('several-images', message, hint, { file: files[0] as string, line: 1 })]
}

/** Returns the stage that an image is built up to if its Dockerfile does not have it: a name, or for any stage `FROM`. */
function missingStage(text: string, { target }: Pick<ImageBuild, 'target'>): string | null {
  const stages = readStages(text)
  if (stages.length === 0) return 'no `FROM`'
  if (target === undefined || stages.some((each) => each.name === target.toLowerCase())) return null
  // The number of a stage works too (Dockerfile reference, "Use multi-stage builds").
  return /^\d+$/.test(target) && Number(target) < stages.length ? null : `no stage \`${target}\``
}

/** Reports an image that no engine can build from its Dockerfile. */
const stages: Check = async ({ project, folder }) => {
  const found = imageBuilds(project).map(async (build): Promise<Problem[]> => {
    const { file } = build
    const what = missingStage((await folder.read(file)) ?? '', build)
    if (what === null) return []
    const message = `${file} has ${what}, so ${namesOf(build)} cannot be built.`
    const hint = 'Correct the Dockerfile, or the `target` of the image in the compose file or slipway.toml.'
    return [error('image-stage-missing', message, hint, { file, line: 1 })]
  })
  return (await Promise.all(found)).flat()
}

/** Checks that an image that is built after PyPI has the release has a reason to be. */
const afterPyPI: Check = async (subject) => {
  const { project, folder } = subject
  const found = (project.settings.images ?? []).map(async ({ name, file, after }, index): Promise<Problem[]> => {
    if (after === undefined) return []
    const where = project.settingAt('images', index, 'after')
    if (!project.packages.some((each) => each.reason === undefined)) {
      const message = `${name} is to be built after PyPI has the release, but no Python package is published there.`
      return [error('image-after-pypi', message, 'Remove `after`.', where)]
    }
    const text = await folder.read(file)
    if (text === null || ownInstalls(text, subject).length > 0) return []
    const message = `${name} is built after PyPI has the release, but no command in ${file} names a package of it.`
    const hint =
      'Remove `after` unless the Dockerfile installs one in another way: a failing build then stops the release.'
    return [notice('image-after-pypi', message, hint, where)]
  })
  return (await Promise.all(found)).flat()
}

/** Checks that the images can be built and contain the release, and that a step can tell which one to release. */
export const IMAGE_CHECKS: readonly Check[] = [severalImages, stages, afterPyPI, dockerfiles]
