import { parseImage } from '@slipway/core/image'
import { imageBuilds } from '@slipway/core/image-build'
import { wheelName } from '@slipway/core/name'
import { error, notice, type Problem, warning } from '@slipway/core/problem'
import { normalizePython } from '@slipway/core/version'
import { basesOf, readStages } from '@slipway/project/images/dockerfile'
import type { Check, Subject } from './check.ts'

/** Bases that are another image tomorrow. */
function floating(file: string, text: string): Problem[] {
  const stages = readStages(text)
  // Of several stages from one base the first is told.
  const lines = new Map(stages.toReversed().map((each) => [each.from, each.line]))
  return basesOf(stages).flatMap((base) => {
    const image = parseImage(base)
    if (!image || image.digest !== null || (image.tag !== null && image.tag !== 'latest')) return []
    const line = lines.get(base) ?? 1
    const message = `The image of ${file} is made from ${base} as it is on the day: built again, the same version may differ or fail.`
    const hint = `Name a version, as in ${base.replace(/:latest$/, '')}:1.2, or a digest.`
    return [notice('base-image-floating', message, hint, { file, line })]
  })
}

/** The version in the name of a wheel (PyPA specification "Binary distribution format"), or how it begins in a pattern. */
function versionIn(wheel: string): { text: string; isWhole: boolean } {
  const [, version = ''] = wheel.replace(/\.whl$/, '').split('-')
  const [text = ''] = /^[^*?{$]*/.exec(version) ?? []
  return { text, isWhole: text === version }
}

/** Wheels that a Dockerfile names with their version. */
function namedWheels(file: string, text: string, { project, release: { pythonVersion } }: Subject): Problem[] {
  const released = project.packages.filter((each) => each.reason === undefined && each.place?.apart === undefined)
  const names = released.map((each) => wheelName(each.name))
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*#/.test(line)) return []
    const wheels = line.split(/[\s"'[\],/]+/).filter((each) => each.endsWith('.whl'))
    return wheels.flatMap((wheel) => {
      const [name = ''] = wheel.split('-')
      const { text, isWhole } = versionIn(wheel)
      if (!/^\d/.test(text) || !names.includes(wheelName(name))) return []
      if (isWhole ? normalizePython(text) === pythonVersion : pythonVersion?.startsWith(text)) return []
      const message = `${wheel} is not what is released: its version ${isWhole ? 'is' : 'begins with'} ${text}, that of the release ${pythonVersion}, so the image would lack it, or hold an older one.`
      const hint = `Write ${name}-*.whl, so that it fits every version.`
      return [error('dockerfile-wheel-differs', message, hint, { file, line: index + 1 })]
    })
  })
}

const dockerfiles: Check = async (subject) => {
  const files = [...new Set(subject.project.images.map((each) => each.file))]
  const found = files.map(async (file) => {
    const text = (await subject.folder.read(file)) ?? ''
    return [...floating(file, text), ...namedWheels(file, text, subject)]
  })
  return (await Promise.all(found)).flat()
}

/** Several images: a step, and the reusable workflows, release one. */
const several: Check = ({ project }) => {
  const files = [...new Set(imageBuilds(project).map((each) => each.file))]
  if (files.length < 2) return []
  const message = `The project has several images (${files.join(', ')}), and one is released at a time: Slipway's workflows stop at them, and so does push-image where it is not told which.`
  const hint = 'Name one by the input `images`, `off` for none, or leave the others out of `images` in slipway.toml.'
  return [warning('several-images', message, hint, { file: files[0] as string, line: 1 })]
}

/** Whether the images will be what is released. */
export const IMAGE_CHECKS: readonly Check[] = [several, dockerfiles]
