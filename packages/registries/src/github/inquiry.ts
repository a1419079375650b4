import type { Destination } from '@slipway/core/plan'
import { type Problem, warning } from '@slipway/core/problem'
import { answer, type Findings, type Inquiry, severityOf, stableOf, text, whereVersion } from '../inquiry.ts'
import { MAX_QUERIED_RELEASES } from '../limits.ts'
import { GitHubClient, type GitHubRelease, type GitHubTag, releasesOf } from './client.ts'
import { versionsBeside } from './latest.ts'

/**
 * Returns the problem of a release whose tag is at another commit than the checkout; null if it is at the same one.
 * @param commit of the tag
 */
export function tagElsewhere(commit: string, inquiry: Pick<Inquiry, 'plan' | 'isTagged'>): Problem | null {
  const { plan, isTagged } = inquiry
  if (plan.commit === null || commit === plan.commit) return null
  const [there, here] = [commit.slice(0, 12), plan.commit.slice(0, 12)]
  return {
    code: 'tag-of-other-commit',
    severity: severityOf(inquiry),
    message: `The tag ${plan.tag} exists at commit ${there}, but the checkout is ${here}: the release would not match its tag.`,
    hint: isTagged
      ? 'Check out the commit of the tag, or bump the version and tag that.'
      : "Bump the version before the next release. To resume the tag's release, check out its commit.",
    ...whereVersion(inquiry),
  }
}

/** Returns the problems of the release's tag; none while it does not exist. */
function tagProblems(tag: GitHubTag | null, inquiry: Inquiry): Problem[] {
  const { plan, isTagged } = inquiry
  if (tag === null) return []
  const elsewhere = tagElsewhere(tag.commit, inquiry)
  if (elsewhere) return [elsewhere]
  if (tag.isAnnotated || !isTagged) return []
  const message = `The tag ${plan.tag} is not annotated: it has no author and no date, and \`git describe\` ignores it.`
  const hint = `Create the next one with \`git tag --annotate ${/^[\w./+-]+$/.test(plan.tag) ? plan.tag : 'TAG'}\`; this one may stay.`
  return [warning('tag-not-annotated', message, hint)]
}

/** Warns about several drafts of the tag: people may edit one while Slipway publishes the other. */
function draftProblems(count: number, { plan }: Inquiry): Problem[] {
  if (count < 2) return []
  const message = `${plan.tag} has ${count} drafts. Slipway uses the oldest one; edits to the others are lost.`
  return [warning('drafts-several', message, 'Keep one draft on the releases page, and delete the others.')]
}

function stateOf(release: GitHubRelease | null, drafts: number): Pick<Destination, 'state' | 'detail'> {
  if (release) return { state: 'present', detail: release.immutable ? 'is public, and immutable' : 'is public' }
  const detail = drafts === 0 ? 'no release of that tag' : 'has a draft, which Slipway will continue'
  return { state: 'absent', detail }
}

/** Queries GitHub for the release, its tag and the other releases. */
export async function askGitHub(inquiry: Inquiry): Promise<Findings> {
  const { plan, endpoints, credentials } = inquiry
  const token = credentials.githubToken
  const login = token === null ? null : 'token of the job'
  const to = { publisher: 'github', target: 'GitHub', artifact: `release ${plan.tag}`, login } as const
  const unknown = (reason: string): Findings => ({
    destinations: [{ ...to, state: 'unknown', detail: reason }],
    problems: [],
    notChecked: [`Whether GitHub has a tag or a release ${plan.tag}: ${reason}.`],
    versions: [],
  })
  const known = await inquiry.repository()
  if (known === null) return unknown('the repository is unknown')
  const { repository, where } = known
  const source = where ? `; repository ${repository}, from ${where.file}:${where.line}` : ''
  const { api } = endpoints.github
  const asked = await answer(inquiry, async (quick) => {
    const client = new GitHubClient(quick, { api, repository, token })
    const questions = [
      client.releases(MAX_QUERIED_RELEASES),
      client.publicRelease(plan.tag),
      client.tag(plan.tag),
    ] as const
    const [releases, release, tag] = await Promise.all(questions)
    const newest = releases.map((each) => ({ ...each, tag_name: text(each.tag_name) }))
    return { newest, release, tag: tag && { ...tag, commit: text(tag.commit) } }
  })
  if ('reason' in asked) return unknown(`the query for ${repository} failed: ${asked.reason}${source}`)
  const { newest, release, tag } = asked.value
  const drafts = releasesOf(plan.tag, newest).filter((each) => each.draft)
  const { state, detail } = stateOf(release, drafts.length)
  return {
    destinations: [{ ...to, state, detail: detail + source }],
    problems: [...tagProblems(tag, inquiry), ...draftProblems(drafts.length, inquiry)],
    notChecked: [
      ...(token === null ? ['Whether GitHub has a draft of the release: only a token sees drafts.'] : []),
      ...(newest.length < MAX_QUERIED_RELEASES
        ? []
        : [`Releases before the ${newest.length} newest ones on GitHub: Slipway does not query them.`]),
    ],
    versions: stableOf(versionsBeside(plan.tag, newest)),
  }
}
