import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, ProblemError } from '@slipway/core/problem'
import { givenTag } from '@slipway/core/tag'
import { headOf } from '@slipway/toolchain/git'
import { assembledPlan, type HandoverOptions, receiveRelease } from '../handover/handover.ts'
import type { PlanReleaseOptions } from '../plan/options.ts'
import { planRelease, tagOfRun } from '../plan/plan.ts'
import { isPublished } from '../plan/published.ts'
import type { JobOptions } from './options.ts'

/**
 * Plans the checkout of a job that builds, ignoring the uploads of earlier jobs.
 * @param more for a job that packages crates (`packaging`)
 * @throws ProblemError with the errors of the plan
 */
export async function planOfCheckout(
  ports: Ports,
  { dir, tag }: Pick<JobOptions, 'dir' | 'tag'>,
  more: Pick<PlanReleaseOptions, 'crates' | 'isPublished' | 'prebuilt'> = {},
): Promise<Plan> {
  const plan = await planRelease(ports, dir, { ...more, tag: tag ?? tagOfRun(ports.env) })
  failOnErrors(plan.problems)
  return plan
}

/**
 * Returns the options of a plan whose crates are packaged: as publishing will, it asks crates.io whether an extension
 * crate is published already.
 * @param crates names of extension crates to publish anyway
 */
export function packaging(
  ports: Ports,
  crates: readonly string[] = [],
): Pick<PlanReleaseOptions, 'crates' | 'isPublished'> {
  return { crates, isPublished: (crate: string) => isPublished(ports, crate) }
}

/**
 * Returns the plan of a step: the assembled release's if there is one, else a new one for the given tag or the tag that
 * started the workflow.
 */
export async function planOfJob(
  ports: Ports,
  options: Pick<JobOptions, 'dir' | 'tag' | keyof HandoverOptions>,
  more: PlanReleaseOptions = {},
): Promise<Plan> {
  await receiveRelease(ports, options)
  const tag = options.tag ?? tagOfRun(ports.env)
  const plan = await assembledPlan(options.manifest)
  if (plan === null) return planRelease(ports, options.dir, { ...more, tag })
  const commit = ports.env.GITHUB_SHA || (await headOf(ports, options.dir).catch(() => null))
  const isOther = tag !== undefined && givenTag(tag) !== plan.tag
  if (!isOther && (!commit || plan.commit === null || commit === plan.commit)) return plan
  const assembled = `${plan.tag} at ${plan.commit?.slice(0, 12) ?? 'no commit'}`
  const message = `${options.manifest} belongs to ${assembled}, but this job releases ${tag ?? plan.tag} at ${commit?.slice(0, 12) ?? 'no commit'}.`
  const hint = 'Assemble the release of this tag in this run, and pass on its manifest.'
  throw new ProblemError(error('manifest-of-other-release', message, hint))
}
