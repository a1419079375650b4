import type { Destination } from '@slipway/core/plan'
import { type Problem, warning } from '@slipway/core/problem'
import { versionInTag } from '@slipway/core/tag'
import { answer, type Findings, type Inquiry, severityOf, stableOf, text, whereVersion } from '../inquiry.ts'
import { GitHubClient, type GitHubRelease, type GitHubTag } from './client.ts'

/** What is wrong with the release's tag, where it is there. */
function ofTag(tag: GitHubTag | null, inquiry: Inquiry): Problem[] {
  const { plan, isTagged } = inquiry
  if (tag === null) return []
  if (plan.commit !== null && tag.commit !== plan.commit) {
    const [there, here] = [tag.commit.slice(0, 12), plan.commit.slice(0, 12)]
    return [
      {
        code: 'tag-of-other-commit',
        severity: severityOf(inquiry),
        message: `The tag ${plan.tag} is there already, at commit ${there}, but this is ${here}: what is published would not be what is tagged.`,
        hint: isTagged
          ? 'Check out the commit of the tag; or raise the version, and tag that.'
          : 'Raise the version before the next release; to resume that of the tag, check out its commit.',
        ...whereVersion(inquiry),
      },
    ]
  }
  if (tag.isAnnotated || !isTagged) return []
  const message = `The tag ${plan.tag} is not annotated: it tells neither who made it nor when, and \`git describe\` passes it over.`
  const hint = `Next time make it by \`git tag --annotate ${/^[\w./+-]+$/.test(plan.tag) ? plan.tag : 'TAG'}\`; this one may stay.`
  return [warning('tag-not-annotated', message, hint)]
}

/** Two drafts of one tag are legal: people may edit one, and the release goes on with the other. */
function ofDrafts(count: number, { plan }: Inquiry): Problem[] {
  if (count < 2) return []
  const message = `There are ${count} drafts of ${plan.tag}: the oldest is gone on with, so what was written into another is not published.`
  return [warning('drafts-several', message, 'Keep one of them on the releases page, and delete the others.')]
}

function stateOf(release: GitHubRelease | null, drafts: number): Pick<Destination, 'state' | 'detail'> {
  if (release) return { state: 'present', detail: release.immutable ? 'is public, and immutable' : 'is public' }
  const detail = drafts === 0 ? 'no release of that tag' : 'a draft is there, which is gone on with'
  return { state: 'absent', detail }
}

/** Releases that are looked at: ten pages, which is what can be asked for within seconds. */
const ENOUGH = 1000

/** Asks GitHub for the release, its tag and the other releases. */
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
  if (known === null) return unknown('it is not known which repository this is')
  const { repository, where } = known
  const source = where ? `; the repository is ${repository}, by ${where.file}:${where.line}` : ''
  const { api } = endpoints.github
  const asked = await answer(inquiry, async (quick) => {
    const client = new GitHubClient(quick, { api, repository, token })
    const questions = [client.newestReleases(ENOUGH), client.publicRelease(plan.tag), client.tag(plan.tag)] as const
    const [releases, release, tag] = await Promise.all(questions)
    const newest = releases.map((each) => ({ ...each, tag_name: text(each.tag_name) }))
    return { newest, release, tag: tag && { ...tag, commit: text(tag.commit) } }
  })
  if ('reason' in asked) return unknown(`${repository} cannot be asked: ${asked.reason}${source}`)
  const { newest, release, tag } = asked.value
  const drafts = newest.filter((each) => each.draft && each.tag_name === plan.tag)
  const { state, detail } = stateOf(release, drafts.length)
  const stable = newest.filter((each) => !each.draft && !each.prerelease)
  return {
    destinations: [{ ...to, state, detail: detail + source }],
    problems: [...ofTag(tag, inquiry), ...ofDrafts(drafts.length, inquiry)],
    notChecked: [
      ...(token === null ? ['Whether GitHub has a draft of the release: only a token sees drafts.'] : []),
      ...(newest.length < ENOUGH
        ? []
        : [`What GitHub had before its ${newest.length} newest releases: older ones are not asked for.`]),
    ],
    versions: stableOf(stable.map((each) => versionInTag(each.tag_name) ?? '')),
  }
}
