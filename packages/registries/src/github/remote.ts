import type { Plan } from '@slipway/core/plan'
import type { RemoteDescription } from '../destination.ts'
import type { ReleaseText } from './client.ts'
import { askGitHub } from './inquiry.ts'
import { GitHubPublisher } from './publisher.ts'

const UNDO = 'delete the release on its page; the tag of an immutable release is used up'

/** Files of a release that list or describe the others. In a draft they are replaced without being asked for. */
export const RELEASE_NOTES = 'RELEASE_NOTES.md'
export const SHA256SUMS = 'SHA256SUMS'

/** Text of a release's page: the changelog's section, or a sentence in its place. */
export function releasePage({ notes, version }: Pick<Plan, 'notes' | 'version'>): string {
  return notes?.trim() || `Version ${version}.`
}

/** What the release of a plan says of itself. @param title without it, the tag */
export function releaseText(plan: Plan, title = plan.tag): ReleaseText {
  return {
    tag_name: plan.tag,
    name: title,
    body: releasePage(plan),
    prerelease: plan.prerelease,
    ...(plan.commit !== null && { target_commitish: plan.commit }),
  }
}

/** The release on GitHub: a draft with its assets, which becomes public. */
export const github: RemoteDescription = {
  kind: 'github',
  channels: [{ name: 'github', title: 'GitHub', variables: ['GITHUB_TOKEN', 'GH_TOKEN'], undo: UNDO }],
  async destinations({ plan, artifacts, assets }, { ports, endpoints, tokens, isOwn, github: options }) {
    const files = assets ?? artifacts.filter((each) => each.kind !== 'image')
    if (options === null || files.length === 0) return []
    const { repository, id, title, makeLatest, replaceDraftAssets = false } = options
    const isForeign = !isOwn('github')
    const publisher = new GitHubPublisher(ports, {
      api: endpoints.github.api,
      repository,
      id,
      token: tokens.github ?? null,
      text: releaseText(plan, title),
      makeLatest: makeLatest ?? 'legacy',
      seesDrafts: !isForeign,
      mayReplace: (filename) => replaceDraftAssets || filename === RELEASE_NOTES || filename === SHA256SUMS,
    })
    const pointers = [publisher.pointer()]
    return [{ channel: 'github', name: 'GitHub', undo: UNDO, publisher, artifacts: files, pointers, isForeign }]
  },
  inquire: askGitHub,
}
