import { type ImageName, imageName } from '@slipway/core/image'
import { error, type Problem } from '@slipway/core/problem'

/** Makes the problem of a version's tag that names an image from another or an unknown commit. */
export function tagTaken(name: ImageName, tag: string, revision: string | undefined, commit: string | null): Problem {
  const origin = revision === undefined ? 'an unknown commit' : `commit ${revision.slice(0, 12)}`
  return error(
    'image-tag-taken',
    `${imageName(name)}:${tag} already exists, from ${origin} instead of ${commit?.slice(0, 12) ?? 'no commit'}. The image of a version must never change.`,
    'Release from that commit, or release a new version. If the image is a failed attempt, delete its tag in the registry.',
  )
}
