import { parseImage } from '@slipway/core/image'
import { normalizeName, wheelName } from '@slipway/core/name'
import { error, notice, type Problem, warning } from '@slipway/core/problem'
import { parseWheelPattern } from '@slipway/core/python/filename'
import { normalizePython } from '@slipway/core/python/version'
import { shellCommands } from '@slipway/documents/shell-commands'
import { basesOf, readStages, runCommands } from '@slipway/project/images/dockerfile'
import type { Subject } from './check.ts'

/** Reports base images without a version, which may change between builds. */
export function unpinnedBases(file: string, text: string): Problem[] {
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
export function outdatedWheels(
  file: string,
  text: string,
  { project, release: { pythonVersion } }: Subject,
): Problem[] {
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
    hint: 'Set `after = "pypi"` for the image in slipway.toml; or copy the wheel from the build context, and install that.',
  },
  {
    table: 'crates',
    tool: /\bcargo (?:install|binstall)\b(.*)/s,
    registry: 'crates.io',
    hint: 'Copy the sources, and build them; or build the image in a workflow that runs after the release, and set `images = []` in slipway.toml.',
  },
] as const

/** Options that take what is installed from elsewhere than the registry. */
const ELSEWHERE = /\s--(?:no-index|find-links|path|git|registry|index-url|index)\b|\s-[fi]\s/

/** Returns the names that a command installs: no options, paths and files. */
function namesIn(words: string): string[] {
  const name = /^["']?([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?(?:[=<>~!@].*|["'])?$/s
  return words.split(' ').flatMap((each) => name.exec(each)?.[1] ?? [])
}

/** A command of a Dockerfile that installs a part of this release from a registry. */
interface OwnInstall {
  /** The crate or Python package. */
  name: string
  line: number
  from: (typeof INSTALLS)[number]
}

/** Returns the commands of a Dockerfile that install a part of this release from a registry. */
export function ownInstalls(text: string, { project, crates }: Pick<Subject, 'project' | 'crates'>): OwnInstall[] {
  const released = {
    packages: project.packages.filter((each) => each.reason === undefined).map((each) => each.name),
    crates: crates.filter((each) => each.publish !== false).map((each) => each.name),
  }
  const commands = runCommands(text).flatMap(({ command, line }) =>
    shellCommands(command).map((each) => ({ command: each.words.join(' '), line })),
  )
  return commands.flatMap(({ command, line }) =>
    INSTALLS.flatMap((from): OwnInstall[] => {
      const [, words] = from.tool.exec(command) ?? []
      if (words === undefined || ELSEWHERE.test(command)) return []
      const installed = namesIn(words).map(normalizeName)
      const name = released[from.table].find((each) => installed.includes(normalizeName(each)))
      return name === undefined ? [] : [{ name, line, from }]
    }),
  )
}

/** Reports an image that installs this release from a registry, which has it only after the image is built. */
export function installsItself(file: string, text: string, subject: Subject): Problem[] {
  return ownInstalls(text, subject).map(({ name, line, from: { registry, hint } }) => {
    const message = `The image installs ${name} from ${registry}, but is built before this release is there, so it gets an older version or none.`
    return warning('image-installs-release', message, hint, { file, line })
  })
}
