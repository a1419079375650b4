import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { measureFile } from '@slipway/artifacts/artifact'
import { MANIFEST_FILE, readManifest } from '@slipway/artifacts/manifest'
import type { Artifact } from '@slipway/core/artifact'
import { ask, guarded, PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { givenTag } from '@slipway/core/tag'
import { endpointsOf } from '@slipway/registries/endpoints'
import { type GitHubAsset, GitHubClient, type GitHubRelease, releasesOf } from '@slipway/registries/github/client'
import { assetName } from '@slipway/registries/github/publisher'
import { carriedPlan, handOver, RELEASE_UPLOAD, type Upload } from './handover.ts'
import { fetchImage } from './image/fetch.ts'
import { type JobOptions, loginOf, requireRepository, scratchFolder } from './job.ts'
import { tagOfRun } from './plan.ts'
import { tokensOf } from './readiness/tokens.ts'

/** Which release may have been begun. */
export interface ResumeOptions extends Omit<JobOptions, 'dir' | 'manifest' | 'manifestSha256'> {
  /** Folder for the release, absolute. */
  out: string
  upload: Upload
}

/** The release that an earlier run began. */
export interface Resumed {
  manifestSha256: string
  releaseId: number
  artifacts: readonly Artifact[]
}

/**
 * Looks for the release of a tag that an earlier run began: its draft holds the manifest and every file. Those bytes win over
 * rebuilt ones. They are fetched, compared with the manifest, and handed to later jobs. Null where there is none, or one
 * without a manifest.
 * @throws ProblemError `release-of-other-commit` when the release was begun from another commit; `tag-missing`
 */
export async function resumeRelease(ports: Ports, options: ResumeOptions): Promise<Resumed | null> {
  const { out } = options
  requireRepository(ports.env)
  const tag = givenTag(options.tag ?? tagOfRun(ports.env) ?? '')
  if (tag === '') throw new ProblemError(tagMissing())
  const token = tokensOf(ports.env, options.tokens ?? {}, options.mask).github ?? null
  const { api } = endpointsOf(ports.env).github
  const client = new GitHubClient(ports, { api, repository: ports.env.GITHUB_REPOSITORY ?? '', token })
  const remote = { name: 'github', target: `GitHub release ${tag}` }
  const patiently = <T>(what: string, act: () => Promise<T>) => {
    return guarded(remote, what, () => ask(act, { ...ports, patience: PUBLIC_PATIENCE }))
  }
  const begun = await patiently('ask for the release', () => begunRelease(client, tag))
  if (begun === null) return null
  const { release, assets, listing } = begun
  const held = (name: string) => assetOf(assets, name)
  // Nothing is left behind of a release that turns out not to be whole.
  const scratch = await scratchFolder(ports, 'resume')
  const fetch = (asset: GitHubAsset, file: string) =>
    patiently(`download ${asset.name}`, async () => writeFile(file, await client.download(asset.id)))
  const file = join(scratch, MANIFEST_FILE)
  await fetch(listing, file)
  const manifest = await readManifest(scratch, { compare: false })
  if (manifest === null || manifest.tag !== tag) return null
  const { GITHUB_SHA: commit } = ports.env
  if (commit && manifest.commit !== commit) throw new ProblemError(otherCommit(tag, manifest.commit, commit))
  for (const each of manifest.artifacts.filter(({ kind }) => kind !== 'image')) {
    const asset = held(each.filename)
    if (!asset) {
      ports.log.info(`The draft of ${tag} lacks ${each.filename}, so it is built again.`)
      return null
    }
    await fetch(asset, each.path)
  }
  const plan = await carriedPlan(file, { compare: false })
  if (plan === null) return null
  for (const each of manifest.artifacts.filter(({ kind }) => kind === 'image')) {
    if (await fetchImage(ports, plan, each, loginOf(ports, options))) continue
    ports.log.info(`No registry has the image ${each.project} of ${tag}, so everything is built again.`)
    return null
  }
  await readManifest(scratch).catch((cause) => {
    throw new ProblemError(assetsChanged(tag), cause)
  })
  await cp(scratch, out, { recursive: true })
  const artifacts = (await readManifest(out))?.artifacts ?? []
  await handOver(ports, options, RELEASE_UPLOAD, out)
  return { manifestSha256: (await measureFile(file)).sha256, releaseId: release.id, artifacts }
}

/** A release that was begun, its files, and the one that lists them. */
interface Begun {
  release: GitHubRelease
  assets: readonly GitHubAsset[]
  listing: GitHubAsset
}

/** The public release of a tag, else the oldest of its drafts that has a manifest; null where none has. */
async function begunRelease(client: GitHubClient, tag: string): Promise<Begun | null> {
  const all = releasesOf(tag, await client.releases())
  const released = all.filter((each) => !each.draft)
  for (const release of released.length > 0 ? released : all) {
    const assets = await client.assets(release.id)
    const listing = assetOf(assets, MANIFEST_FILE)
    if (listing) return { release, assets, listing }
  }
  return null
}

function assetOf(assets: readonly GitHubAsset[], name: string): GitHubAsset | undefined {
  return assets.find((each) => each.name === assetName(name) && each.state === 'uploaded')
}

function assetsChanged(tag: string): Problem {
  const message = `A file in the release of ${tag} on GitHub is not the one that its manifest lists: somebody replaced it.`
  const hint = 'Put the original back; or, where nothing of the release is out, delete the draft and run again.'
  return error('artifact-differs', message, hint)
}

function tagMissing(): Problem {
  const hint = 'Start the workflow by a tag, or give `tag`.'
  return error(
    'tag-missing',
    'No tag is given, and none started this workflow, so it is not known what to resume.',
    hint,
  )
}

function otherCommit(tag: string, begun: string | null, commit: string): Problem {
  const message = `The release of ${tag} was begun from commit ${begun?.slice(0, 12) ?? 'none'}, but the tag is at ${commit.slice(0, 12)} now.`
  const hint =
    'Move the tag back to finish that release; or delete its draft, where nothing of it is out, and run again.'
  return error('release-of-other-commit', message, hint)
}
