import type { Destination, Plan } from '@slipway/core/plan'
import { notice, type Problem } from '@slipway/core/problem'
import { compareVersions, parseVersion } from '@slipway/core/version'
import { askCrates } from './crates.ts'
import { askGitHub } from './github.ts'
import { askIdentity } from './identity.ts'
import { askImages } from './images.ts'
import { highest, type Inquiry, joined } from './inquiry.ts'
import { askPyPI } from './pypi.ts'
import { askSiblings } from './siblings.ts'

/** What nobody can ask without publishing; of registries of images some tell. */
function neverKnown(destinations: readonly Destination[]): string[] {
  const targets = new Set(destinations.filter((each) => each.publisher !== 'oci').map((each) => each.target))
  if (targets.size === 0) return []
  const names = [...targets].join(', ')
  return [
    `Whether the logins may publish to ${names}, and whether something deleted there used a name up: only who publishes is told.`,
  ]
}

/** A release of an older line does not become the latest. */
function backport({ plan }: Inquiry, newest: string): Problem {
  const message = `${plan.version} is older than ${newest}, which is out: neither the release nor the image becomes the latest.`
  return notice('release-not-latest', message, 'Nothing has to be done for a release of an older line.')
}

/**
 * Asks all destinations at once what they hold, by requests that write nothing, and puts it into the plan. What cannot
 * be asked is told as not known, never as an error.
 */
export async function withReadiness(inquiry: Inquiry): Promise<Plan> {
  const { plan } = inquiry
  // In the order of the release.
  const questions = [askImages, askGitHub, askPyPI, askCrates, askSiblings, askIdentity]
  const found = joined(await Promise.all(questions.map((each) => each(inquiry))))
  const newest = highest(found.versions)
  const isStable = !plan.prerelease && parseVersion(plan.version) !== null
  const isOlder = isStable && newest !== null && compareVersions(plan.version, newest) < 0
  const last = isOlder ? [backport(inquiry, newest)] : []
  return {
    ...plan,
    destinations: found.destinations,
    makeLatest: plan.makeLatest && !isOlder,
    notChecked: [...plan.notChecked, ...found.notChecked, ...neverKnown(found.destinations)],
    problems: [...plan.problems, ...found.problems, ...last],
  }
}
