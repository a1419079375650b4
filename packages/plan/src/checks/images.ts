import { parseImage } from '@slipway/core/image'
import { imageBuilds } from '@slipway/core/image-build'
import { wheelName } from '@slipway/core/name'
import { error, notice, type Problem, warning } from '@slipway/core/problem'
import { parseWheelPattern } from '@slipway/core/python/filename'
import { normalizePython } from '@slipway/core/python/version'
import { basesOf, readStages } from '@slipway/project/images/dockerfile'
import type { Check, Subject } from './check.ts'

/** Reports base images without a version, which may change between builds. */
function unpinnedBases(file: string, text: string): Problem[] {
  const stages = readStages(text)
  // The first of several stages with the same base is reported.
  const lines = new Map(stages.toReversed().map((each) => [each.from, each.line]))
  return basesOf(stages).flatMap((base) => {
    const image = parseImage(base)
    if (!image || image.digest !== null || (image.tag !== null && image.tag !== 'latest')) return []
    const line = lines.get(base) ?? 1
    const message = `${file} is built from the unpinned base image ${base}, so a rebuild of the same version may differ or fail.`
    const hint = `Pin a version, as in ${base.replace(/:latest$/, '')}:1.2, or a digest.`
    return [notice('base-image-floating', message, hint, { file, line })]
  })
}

/** Reports wheels that a Dockerfile names by another version than the release's. */
function outdatedWheels(file: string, text: string, { project, release: { pythonVersion } }: Subject): Problem[] {
  const released = project.packages.filter((each) => each.reason === undefined && each.place?.separate === undefined)
  const names = released.map((each) => wheelName(each.name))
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*#/.test(line)) return []
    return line.split(/[\s"'[\],/]+/).flatMap((wheel) => {
      const { distribution = '', version: text = '', isWhole } = parseWheelPattern(wheel) ?? {}
      if (!/^\d/.test(text) || !names.includes(wheelName(distribution))) return []
      if (isWhole ? normalizePython(text) === pythonVersion : pythonVersion?.startsWith(text)) return []
      const message = `The version of ${wheel} ${isWhole ? 'is' : 'begins with'} ${text}, but the release is ${pythonVersion}, so the image would get an older wheel or none.`
      const hint = `Write ${distribution}-*.whl, which matches every version.`
      return [error('dockerfile-wheel-differs', message, hint, { file, line: index + 1 })]
    })
  })
}

const dockerfiles: Check = async (subject) => {
  const files = [...new Set(subject.project.images.map((each) => each.file))]
  const found = files.map(async (file) => {
    const text = (await subject.folder.read(file)) ?? ''
    return [...unpinnedBases(file, text), ...outdatedWheels(file, text, subject)]
  })
  return (await Promise.all(found)).flat()
}

/** Reports several images: a step, and the reusable workflows, release one. */
const severalImages: Check = ({ project }) => {
  const files = [...new Set(imageBuilds(project).map((each) => each.file))]
  if (files.length < 2) return []
  const message = `The project has several images (${files.join(', ')}), but a step releases one, so push-image and Slipway's workflows stop.`
  const hint = 'Name one in the input `images` (`off` for none), or remove the others from `images` in slipway.toml.'
  return [warning('several-images', message, hint, { file: files[0] as string, line: 1 })]
}

/** Checks that the images contain the release, and that a step can tell which one to release. */
export const IMAGE_CHECKS: readonly Check[] = [severalImages, dockerfiles]
