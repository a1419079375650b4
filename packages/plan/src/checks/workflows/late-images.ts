import { lateImages, namesOf } from '@slipway/core/image-build'
import { type Problem, warning } from '@slipway/core/problem'
import type { Job, Step } from '@slipway/documents/workflows/jobs'
import type { YamlText } from '@slipway/documents/yaml'
import { slipwayReference } from '@slipway/project/evidence/slipway-reference'
import type { Subject } from '../check.ts'

/** Returns whether a `uses` names this part of Slipway. */
function isPart(uses: YamlText | null, path: string): boolean {
  return slipwayReference(uses?.text ?? '')?.path === path
}

/** Returns whether a step releases an image that is not in the assembled release. */
function releasesLate(step: Step): boolean {
  const isPush = isPart(step.uses, 'actions/push-image') && (step.setting('push') ?? 'true') === 'true'
  return isPush && (step.input('digest') !== null || !step.condition.includes('has-image'))
}

/** Reports a workflow that builds the release with `build.yml`, and in which no job releases an image that installs it. */
export function lateImageLeftOut(jobs: readonly Job[], { project }: Subject): Problem[] {
  const [image] = lateImages(project)
  const build = jobs.find((each) => isPart(each.uses, '.github/workflows/build.yml'))
  const isReleased = jobs.some(
    (each) => isPart(each.uses, '.github/workflows/finish.yml') || each.steps.some(releasesLate),
  )
  if (!image || !build?.uses || isReleased) return []
  const message = `No job of this workflow releases ${namesOf(image)}, which is built once PyPI has the release.`
  const hint = 'Let a job call finish.yml in place of push-image and create-release, as docs/workflows.md shows.'
  return [warning('image-after-pypi', message, hint, build.uses.where)]
}
