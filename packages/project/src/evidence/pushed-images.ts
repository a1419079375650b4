import { imageName, parseImage } from '@slipway/core/image'
import type { Where } from '@slipway/core/problem'
import { join } from '@slipway/documents/paths'
import { expanded, isUnknown } from '@slipway/documents/workflows/expressions'
import type { Job, Step } from '@slipway/documents/workflows/jobs'
import { writeOfAction } from './writes.ts'

/** An image that a job names for `docker/build-push-action`. Paths are relative to the project. */
export interface NamedImage {
  /** Its full name, without a tag. */
  name: string
  /** The step that names it. */
  where: Where
  /** How it is built; null if the job does not build it, or an expression says how. */
  build: ImageBuild | null
}

/** How a job builds an image. */
export interface ImageBuild {
  file: string
  context: string
  target?: string
  /** Whether the job also pushes it. */
  isPushed: boolean
}

const BUILDER = 'docker/build-push-action'

/** The inputs of docker's actions that name images. */
const NAMED_BY: Record<string, string> = { [BUILDER]: 'tags', 'docker/metadata-action': 'images' }

/**
 * Returns the images that the steps of a job name, built as its first step that builds one says.
 * @param repository `owner/name`, which names of images may refer to; null if unknown
 */
export function namedImages({ steps, env }: Job, repository: string | null): NamedImage[] {
  const builder = steps.find((each) => each.action === BUILDER)
  const build = builder ? buildOf(builder) : null
  return steps.flatMap((step) => {
    const values = new Map([...env, ...step.env].map(([name, value]) => [`env.${name}`, value]))
    if (repository !== null) {
      values.set('github.repository', repository)
      values.set('github.repository_owner', repository.split('/')[0] ?? '')
    }
    // The value of a variable may be an expression itself.
    const text = expanded(expanded(step.setting(NAMED_BY[step.action] ?? '') ?? '', values), values)
    return text.split(/[\n,]/).flatMap((line) => {
      const name = nameIn(line.trim())
      return name === null ? [] : [{ name, where: step.where, build }]
    })
  })
}

/** Returns how a step builds its image; null if an expression says how (docker/build-push-action, "inputs"). */
function buildOf(step: Step): ImageBuild | null {
  const context = step.setting('context') ?? '.'
  const file = step.setting('file') ?? join(context, 'Dockerfile')
  const target = step.setting('target') ?? ''
  if ([context, file, target].some(isUnknown) || context.includes('://')) return null
  const isPushed = writeOfAction(step) !== null
  return { context: join(context), file: join(file), ...(target !== '' && { target }), isPushed }
}

/** Returns the name of an image without its tag; null if an expression is a part of it. */
function nameIn(text: string): string | null {
  const [known = ''] = text.split('${{')
  const name = known.toLowerCase().replace(/:[^/]*$/, '')
  if (isUnknown(text) && name.length === known.length) return null
  const image = parseImage(name)
  return image && imageName(image)
}
