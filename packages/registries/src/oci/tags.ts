import { error, notice, type Problem, ProblemError } from '@slipway/core/problem'
import { compareVersions, isPrerelease, parseVersion } from '@slipway/core/version'

/** The questions that decide whether a tag moves. */
export interface TagReader {
  /** Queries all tags of the repository. */
  tags(): Promise<string[]>
  /** Queries the version label of the image with a digest; null for none. */
  versionOf(digest: string): Promise<string | null>
}

/** A tag to give to an image. */
export interface ImageTag {
  name: string
  /**
   * Returns null if the tag may move to the image, an error if it must not, a notice if it stays on a newer version.
   * @param there digest of the other image that the tag names now, or null
   */
  mayMove(there: string | null, repository: TagReader): Promise<Problem | null>
}

/** A valid tag (OCI distribution specification, "Pulling manifests"). */
const TAG = /^\w[\w.-]{0,127}$/

/** Returns the tag of a version, which never moves. Tags have no `+`. */
export function versionTag(version: string): string {
  return version.replaceAll('+', '-')
}

/**
 * Returns the tags of a version: its own first, then those from the templates.
 * In a template, `{version}`, `{major}`, `{minor}` and `{patch}` are the version's parts. A tag without `{version}`
 * belongs to the highest stable version that matches it, so neither a prerelease nor a backport gets it.
 * @throws ProblemError `image-tag-invalid`
 */
export function imageTags(version: string, templates: readonly string[]): ImageTag[] {
  const tags = [fixed(versionTag(version))]
  for (const template of templates) {
    const name = render(template, version)
    if (name === null || !TAG.test(name)) throw new ProblemError(invalid(template))
    // The version tag stays fixed even if a template makes the same name.
    if (tags.some((each) => each.name === name)) continue
    if (template.includes('{version}')) tags.push(fixed(name))
    else if (!isPrerelease(version)) tags.push(floating(name, template, version))
  }
  return tags
}

function fixed(name: string): ImageTag {
  const refusal = error(
    'image-tag-taken',
    `The tag ${name} already names another image, and the image of a version must never change.`,
    'Release a new version. If the existing image is your own failed attempt, delete its tag in the registry.',
  )
  return { name, mayMove: async (there) => (there === null ? null : refusal) }
}

function floating(name: string, template: string, version: string): ImageTag {
  return {
    name,
    mayMove: async (there, repository) => {
      const tags = await repository.tags()
      const isNewer = (other: string) =>
        parseVersion(other) !== null &&
        !isPrerelease(other) &&
        render(template, other) === name &&
        compareVersions(other, version) > 0
      const byTags = tags.map((tag) => tag.replace(/^v/, '')).find(isNewer)
      // A tag cannot show `+`; a label without its version's tag comes from the base image.
      const label = byTags === undefined && there !== null ? await repository.versionOf(there) : null
      const byLabel = label !== null && isNewer(label) && tags.includes(versionTag(label)) ? label : undefined
      const newer = byTags ?? byLabel
      if (newer === undefined) return null
      return notice('image-tag-stays', `${name} does not move: ${newer} is newer than ${version}.`, 'No action needed.')
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
    `${JSON.stringify(template)} is not a valid image tag.`,
    'Use letters, digits, `_`, `.`, `-`, and the placeholders {version}, {major}, {minor} and {patch}.',
  )
}
