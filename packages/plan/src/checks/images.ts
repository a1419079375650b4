import { parseImage } from '@slipway/core/image'
import { imageBuilds } from '@slipway/core/image-build'
import { normalizeName, wheelName } from '@slipway/core/name'
import { error, notice, type Problem, warning } from '@slipway/core/problem'
import { parseWheelPattern } from '@slipway/core/python/filename'
import { normalizePython } from '@slipway/core/python/version'
import { shellCommands } from '@slipway/documents/shell-commands'
import { basesOf, readStages, runCommands } from '@slipway/project/images/dockerfile'
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

/** Commands that install from a registry, and what to do instead. */
const INSTALLS = [
  {
    table: 'packages',
    tool: /\b(?:pip3?|pipx|uv(?: pip| tool)?) (?:install|add)\b(.*)/s,
    registry: 'PyPI',
    instead: 'Copy the wheel from the build context, and install that',
  },
  {
    table: 'crates',
    tool: /\bcargo (?:install|binstall)\b(.*)/s,
    registry: 'crates.io',
    instead: 'Copy the sources, and build them',
  },
] as const

/** Options that take what is installed from elsewhere than the registry. */
const ELSEWHERE = /\s--(?:no-index|find-links|path|git|registry|index-url|index)\b|\s-[fi]\s/

/** Returns the names that a command installs: no options, paths and files. */
function namesIn(words: string): string[] {
  const name = /^["']?([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?(?:[=<>~!@].*|["'])?$/s
  return words.split(' ').flatMap((each) => name.exec(each)?.[1] ?? [])
}

/** Reports an image that installs this release from a registry, which has it only after the image is built. */
function installsItself(file: string, text: string, { project, crates }: Subject): Problem[] {
  const released = {
    packages: project.packages.filter((each) => each.reason === undefined).map((each) => each.name),
    crates: crates.filter((each) => each.publish !== false).map((each) => each.name),
  }
  const commands = runCommands(text).flatMap(({ command, line }) =>
    shellCommands(command).map((each) => ({ command: each.words.join(' '), line })),
  )
  return commands.flatMap(({ command, line }) =>
    INSTALLS.flatMap(({ table, tool, registry, instead }) => {
      const [, words] = tool.exec(command) ?? []
      if (words === undefined || ELSEWHERE.test(command)) return []
      const installed = namesIn(words).map(normalizeName)
      const name = released[table].find((each) => installed.includes(normalizeName(each)))
      if (name === undefined) return []
      const message = `The image installs ${name} from ${registry}, but is built before this release is there, so it gets an older version or none.`
      const hint = `${instead}; or build the image in a workflow that runs after the release, and set \`images = []\` in slipway.toml.`
      return [warning('image-installs-release', message, hint, { file, line })]
    }),
  )
}

const dockerfiles: Check = async (subject) => {
  const files = [...new Set(subject.project.images.map((each) => each.file))]
  const found = files.map(async (file) => {
    const text = (await subject.folder.read(file)) ?? ''
    return [
      ...unpinnedBases(file, text),
      ...outdatedWheels(file, text, subject),
      ...installsItself(file, text, subject),
    ]
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

/** Reports an image that is built after PyPI has the release: Slipway builds images before it publishes anything. */
const afterPyPI: Check = ({ project }) =>
  (project.settings.images ?? []).flatMap(({ name, after }, index) => {
    if (after === undefined) return []
    const where = project.settingAt('images', index, 'after')
    if (!project.packages.some((each) => each.reason === undefined)) {
      const message = `${name} is to be built after PyPI has the release, but no Python package is published there.`
      return [error('image-after-pypi', message, 'Remove `after`.', where)]
    }
    const message = `${name} is to be built after PyPI has the release, but Slipway's workflows build images before.`
    const hint = 'Give them `images: off`, and run push-image in a separate workflow once PyPI has the release.'
    return [warning('image-after-pypi', message, hint, where)]
  })

/** Checks that the images contain the release, and that a step can tell which one to release. */
export const IMAGE_CHECKS: readonly Check[] = [severalImages, afterPyPI, dockerfiles]
