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
import { assetName } from '@slipway/registries/github/asset-name'
import { type GitHubAsset, GitHubClient, type GitHubRelease, releasesOf } from '@slipway/registries/github/client'
import { assembledPlan, handOver, RELEASE_UPLOAD } from '../handover/handover.ts'
import { fetchImage } from '../image/fetch.ts'
import type { Upload } from '../job/choices.ts'
import { requireRepository } from '../job/github.ts'
import type { JobOptions } from '../job/options.ts'
import { scratchFolder } from '../job/scratch.ts'
import { loginOf } from '../job/start.ts'
import { tokensOf } from '../job/tokens.ts'
import { tagOfRun } from '../plan/plan.ts'

/** Options of resuming a release. */
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
 * Resumes the release of a tag that an earlier run began: its draft has the manifest and every file, which take
 * precedence over rebuilt ones. Downloads them, compares them with the manifest, and uploads them for later jobs.
 * Returns null if there is no such release, or it has no manifest.
 * @throws ProblemError `release-of-other-commit` when the release began from another commit; `tag-missing`
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
  const begun = await patiently('query the release', () => begunRelease(client, tag))
  if (begun === null) return null
  const { release, assets, manifestAsset } = begun
  // An incomplete release must leave nothing behind in the output folder.
  const scratch = await scratchFolder(ports, 'resume')
  const fetch = (asset: GitHubAsset, file: string) =>
    patiently(`download ${asset.name}`, async () => writeFile(file, await client.download(asset.id)))
  const file = join(scratch, MANIFEST_FILE)
  await fetch(manifestAsset, file)
  const manifest = await readManifest(scratch, { compare: false })
  if (manifest === null || manifest.tag !== tag) return null
  const { GITHUB_SHA: commit } = ports.env
  if (commit && manifest.commit !== commit) throw new ProblemError(otherCommit(tag, manifest.commit, commit))
  for (const each of manifest.artifacts.filter(({ kind }) => kind !== 'image')) {
    const asset = assetOf(assets, each.filename)
    if (!asset) {
      ports.log.info(`The draft of ${tag} has no ${each.filename}, so the release is built again.`)
      return null
    }
    await fetch(asset, each.path)
  }
  const plan = await assembledPlan(file, { compare: false })
  if (plan === null) return null
  for (const each of manifest.artifacts.filter(({ kind }) => kind === 'image')) {
    if (await fetchImage(ports, plan, each, loginOf(ports, options))) continue
    ports.log.info(`No registry shows this job the image ${each.project} of ${tag}, so the release is built again.`)
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

/** A release that an earlier run began, with its assets. */
interface Begun {
  release: GitHubRelease
  assets: readonly GitHubAsset[]
  manifestAsset: GitHubAsset
}

/** Finds the public release of a tag, else its oldest draft, if it has a manifest; null if there is none. */
async function begunRelease(client: GitHubClient, tag: string): Promise<Begun | null> {
  const all = releasesOf(tag, await client.releases())
  const released = all.filter((each) => !each.draft)
  for (const release of released.length > 0 ? released : all) {
    const assets = await client.assets(release.id)
    const manifestAsset = assetOf(assets, MANIFEST_FILE)
    if (manifestAsset) return { release, assets, manifestAsset }
  }
  return null
}

function assetOf(assets: readonly GitHubAsset[], name: string): GitHubAsset | undefined {
  return assets.find((each) => each.name === assetName(name) && each.state === 'uploaded')
}

function assetsChanged(tag: string): Problem {
  const message = `An asset of the release of ${tag} on GitHub differs from its manifest: somebody replaced it.`
  const hint = 'Restore the original. If nothing of the release is published yet, delete the draft and rerun.'
  return error('artifact-differs', message, hint)
}

function tagMissing(): Problem {
  const hint = 'Run the workflow on a tag, or set `tag`.'
  return error(
    'tag-missing',
    'No tag is given, and the workflow does not run on one, so there is no release to resume.',
    hint,
  )
}

function otherCommit(tag: string, begun: string | null, commit: string): Problem {
  const message = `The release of ${tag} began at commit ${begun?.slice(0, 12) ?? 'none'}, but the tag is now at ${commit.slice(0, 12)}.`
  const hint =
    'Move the tag back to finish that release. If nothing of it is published yet, delete its draft and rerun.'
  return error('release-of-other-commit', message, hint)
}
