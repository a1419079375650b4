import { DOCKER_HUB, parseImage } from '@slipway/core/image'
import { lateImages } from '@slipway/core/image-build'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import { error, ProblemError } from '@slipway/core/problem'
import { cratesIoNames } from '../plan/crates-io.ts'
import type { WorkflowParts } from './workflow-text.ts'

/**
 * Returns GitHub's filter pattern for the tags of a plan: the plan's own tag, with a `*` in place of the version (GitHub,
 * "Workflow syntax", filter patterns).
 */
export function tagFilter({ tag, version }: Pick<Plan, 'tag' | 'version'>): string {
  const [before = '', after = ''] = tag.split(version).map((each) => each.replace(/[*?+[\]!\\]/g, '\\$&'))
  // A bare `*` would match every tag.
  return before === '' ? `[0-9]*${after}` : `${before}*${after}`
}

/**
 * Returns the parts of a project that decide what its workflow contains.
 * @param images their names
 * @throws ProblemError `workflow-value-refused` for a tag or folder that GitHub would read as an expression
 */
export function partsOf(
  plan: Plan,
  { images, path, owner }: { images: readonly string[]; path: string; owner: string },
): WorkflowParts {
  const tags = tagFilter(plan)
  for (const [what, value] of [
    ['tag', tags],
    ['folder', path],
  ] as const) {
    if (!value.includes('${{') && !/\p{Cc}/u.test(value)) continue
    const message = `The ${what} ${JSON.stringify(value)} cannot be written into a workflow, because GitHub would read a part of it as an expression or a line break.`
    throw new ProblemError(error('workflow-value-refused', message, `Rename the ${what}.`))
  }
  return {
    crates: cratesIoNames(plan).length > 0,
    packages: publishedPackages(plan).length > 0,
    image: images.length > 0,
    late: lateImages(plan).length > 0,
    dockerHub: images.some((each) => parseImage(each)?.registry === DOCKER_HUB),
    tags,
    path,
    owner,
  }
}
