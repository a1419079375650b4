import type { Plan } from '@slipway/core/plan'
import type { RemoteDescription } from '../destination.ts'
import type { ReleaseText } from './client.ts'
import { askGitHub } from './inquiry.ts'
import { GitHubPublisher } from './publisher.ts'

const UNDO = 'delete the release on its page; the tag of an immutable release is used up'

/** Generated files of a release; a draft's are always replaced. */
export const RELEASE_NOTES = 'RELEASE_NOTES.md'
export const SHA256SUMS = 'SHA256SUMS'

/** Returns the text of a release's page: the section of the changelog, or a default sentence. */
export function releasePage({ notes, version }: Pick<Plan, 'notes' | 'version'>): string {
  return notes?.trim() || `Version ${version}.`
}

/** Returns the texts of a plan's release. @param title default: the tag */
export function releaseText(plan: Plan, title = plan.tag): ReleaseText {
  return {
    tag_name: plan.tag,
    name: title,
    body: releasePage(plan),
    prerelease: plan.prerelease,
    ...(plan.commit !== null && { target_commitish: plan.commit }),
  }
}

/** GitHub releases: a draft with its assets, made public at the end. */
export const github: RemoteDescription = {
  kind: 'github',
  channels: [{ name: 'github', title: 'GitHub', variables: ['GITHUB_TOKEN', 'GH_TOKEN'], undo: UNDO }],
  async destinations({ plan, artifacts, assets }, { ports, endpoints, tokens, isOwn, github: options }) {
    const files = assets ?? artifacts.filter((each) => each.kind !== 'image')
    if (options === null || files.length === 0) return []
    const { repository, id, title, listed, makeLatest, replaceDraftAssets = false } = options
    const isForeign = !isOwn('github')
    const publisher = new GitHubPublisher(ports, {
      api: endpoints.github.api,
      repository,
      id,
      listed,
      token: tokens.github ?? null,
      text: releaseText(plan, title),
      makeLatest: makeLatest ?? 'auto',
      seesDrafts: !isForeign,
      mayReplace: (filename) => replaceDraftAssets || filename === RELEASE_NOTES || filename === SHA256SUMS,
    })
    const pointers = [publisher.pointer()]
    return [{ channel: 'github', name: 'GitHub', undo: UNDO, publisher, artifacts: files, pointers, isForeign }]
  },
  inquire: askGitHub,
}
