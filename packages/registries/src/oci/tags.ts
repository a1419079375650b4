import { error, notice, type Problem, ProblemError } from '@slipway/core/problem'
import { compareVersions, isPrerelease, parseVersion } from '@slipway/core/version'

/** A tag that an image is to have. */
export interface ImageTag {
  name: string
  /**
   * Null when it may be moved here, an error when it must never, a notice when it is to stay where it is.
   * @param there digest of the other image that it names now, or null
   * @param tags asks for all tags of the repository
   */
  mayMove(there: string | null, tags: () => Promise<string[]>): Promise<Problem | null>
}

/** Tags that an image has unless others are asked for, besides that of its version. */
export const DEFAULT_TAGS = ['{major}.{minor}', 'latest'] as const

/** OCI distribution specification, "Pulling manifests": what a tag may be. */
const TAG = /^\w[\w.-]{0,127}$/

/** The tag of a version, which never moves. Tags have no `+`. */
export function versionTag(version: string): string {
  return version.replaceAll('+', '-')
}

/**
 * The tags of a version: its own first, then those that the templates make of it.
 * In a template `{version}`, `{major}`, `{minor}` and `{patch}` stand for the version's parts. One without `{version}`
 * names the highest stable version of those that it would name too, so that neither a prerelease nor a backport gets it.
 * @throws ProblemError `image-tag-invalid`
 */
export function imageTags(version: string, templates: readonly string[]): ImageTag[] {
  const tags = [fixed(versionTag(version))]
  for (const template of templates) {
    const name = render(template, version)
    if (name === null || !TAG.test(name)) throw new ProblemError(invalid(template))
    // The version's own stays fixed where a template makes the same name.
    if (tags.some((each) => each.name === name)) continue
    if (template.includes('{version}')) tags.push(fixed(name))
    else if (!isPrerelease(version)) tags.push(floating(name, template, version))
  }
  return tags
}

function fixed(name: string): ImageTag {
  const refusal = error(
    'image-tag-taken',
    `The tag ${name} names another image already, and what a version is must never change.`,
    'Release under a new version; if the image there is a failed try of your own, delete its tag in the registry.',
  )
  return { name, mayMove: async (there) => (there === null ? null : refusal) }
}

function floating(name: string, template: string, version: string): ImageTag {
  return {
    name,
    mayMove: async (_there, tags) => {
      const newer = (await tags())
        .map((tag) => tag.replace(/^v/, ''))
        .filter((tag) => parseVersion(tag) && !isPrerelease(tag) && render(template, tag) === name)
        .find((tag) => compareVersions(tag, version) > 0)
      if (newer === undefined) return null
      return notice('image-tag-stays', `${name} stays: ${newer} is newer than ${version}.`, 'Nothing needs to be done.')
    },
  }
}

function render(template: string, version: string): string | null {
  const parsed = parseVersion(version)
  if (!parsed) return null
  const parts: Record<string, string> = {
    version: versionTag(version),
    major: `${parsed.major}`,
    minor: `${parsed.minor}`,
    patch: `${parsed.patch}`,
  }
  return template.replace(/\{(\w+)\}/g, (all, name: string) => parts[name] ?? all)
}

function invalid(template: string): Problem {
  return error(
    'image-tag-invalid',
    `${JSON.stringify(template)} makes no tag of an image.`,
    'Use letters, digits, `_`, `.` and `-`, and of placeholders {version}, {major}, {minor} and {patch}.',
  )
}
