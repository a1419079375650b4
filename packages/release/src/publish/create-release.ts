import fs, { stat } from 'node:fs/promises'
import { basename, extname, resolve } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import { MANIFEST_FILE } from '@slipway/artifacts/manifest'
import { type MissingWheels, missingWheels } from '@slipway/artifacts/wheel-set'
import type { Artifact } from '@slipway/core/artifact'
import { ask, guarded, PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, notice, type Problem, ProblemError } from '@slipway/core/problem'
import type { GitHubOptions } from '@slipway/registries/destination'
import { endpointsOf } from '@slipway/registries/endpoints'
import { assetName } from '@slipway/registries/github/asset-name'
import { GitHubClient, releasesOf } from '@slipway/registries/github/client'
import { GitHubPublisher } from '@slipway/registries/github/publisher'
import { RELEASE_NOTES, SHA256SUMS } from '@slipway/registries/github/remote'
import { describeDistribution, isDistribution } from '../build/distributions.ts'
import { planHere } from '../build/rehearsed.ts'
import { assembledAssets } from '../handover/handover.ts'
import { wholeRelease } from '../job/artifacts.ts'
import { parseReleaseId, requireRepository } from '../job/github.ts'
import type { JobOptions } from '../job/options.ts'
import { scratchFolder } from '../job/scratch.ts'
import { type Job, startJob } from '../job/start.ts'
import { tokensOf } from '../job/tokens.ts'
import type { Run } from '../pipeline/run.ts'
import { type DraftAsset, releaseAssets } from './assets.ts'

/** Options of creating a release. */
export interface CreateReleaseOptions extends JobOptions {
  /** The workspace, absolute; patterns are relative to it. */
  workspace: string
  /** Id of the release that an earlier job created, in decimal; default: the release of the tag. */
  releaseId?: string | undefined
  /** Title; default: the tag. */
  name?: string | undefined
  /** Patterns of the assets, relative to the workspace. */
  files: readonly string[]
  makeLatest: NonNullable<GitHubOptions['makeLatest']>
  /** How to treat a missing wheel, if the files include the project's wheels. */
  missingWheels: MissingWheels
  /** Keep the release a draft. */
  draft: boolean
  replaceDraftAssets: boolean
}

/** A job that creates a release, and the release's id once it exists. */
export interface CreateReleaseJob extends Job {
  releaseId(): Promise<number | null>
}

/**
 * Creates the draft of a release, uploads the files and their SHA256SUMS, and finally makes it public.
 * @throws ProblemError `no-repository`
 */
export function createRelease(ports: Ports, options: CreateReleaseOptions): CreateReleaseJob {
  const { draft, makeLatest, replaceDraftAssets, name: title, releaseId } = options
  const id = parseReleaseId(releaseId)
  requireRepository(ports.env)
  const github: Omit<GitHubOptions, 'repository'> = { id, title, makeLatest, replaceDraftAssets }
  const job = startJob(ports, options, {
    steps: ['plan', 'assemble', 'preflight', 'draft', ...(draft ? [] : ['public'])],
    own: ['github'],
    github,
    site: { assemble: (run) => assemble(ports, run, options, github) },
  })
  const releaseIdOf = async () => {
    const [publisher] = (await job.run.destinations()).flatMap(({ publisher: each }) => {
      return each instanceof GitHubPublisher ? [each] : []
    })
    return publisher?.releaseId ?? null
  }
  return { ...job, releaseId: releaseIdOf }
}

async function assemble(
  ports: Ports,
  run: Run,
  options: CreateReleaseOptions,
  github: Pick<GitHubOptions, 'listed'>,
): Promise<void> {
  const { plan } = run
  const assembled = await assembledFiles(options)
  const files = assembled ?? (await matchingFiles(options, plan))
  failOnErrors(assetNames(files), ports.log)
  // The job that assembled the release compared it with the plan.
  if (assembled === null) {
    const names = files.map((each) => each.filename)
    failOnErrors(missingWheels(await planHere(ports, options.dir, plan), names, options.missingWheels), ports.log)
  }
  const inDraft = await draftAssets(ports, plan, options, github)
  run.assets = await releaseAssets(plan, files, await scratchFolder(ports, 'assets'), inDraft)
  run.artifacts = await wholeRelease(ports, plan, options, files)
}

/**
 * Queries the draft's existing assets, such as another job's files, if GitHub reports their digests.
 * @param github keeps the listed releases
 */
async function draftAssets(
  ports: Ports,
  { tag }: Plan,
  options: CreateReleaseOptions,
  github: Pick<GitHubOptions, 'listed'>,
): Promise<DraftAsset[]> {
  const { releaseId } = options
  const token = tokensOf(ports.env, options.tokens ?? {}, options.mask).github ?? null
  if (token === null) return []
  const { api } = endpointsOf(ports.env).github
  const client = new GitHubClient(ports, { api, repository: ports.env.GITHUB_REPOSITORY ?? '', token })
  const remote = { name: 'github', target: `GitHub release ${tag}` }
  return guarded(remote, 'query its draft', () =>
    ask(
      async () => {
        github.listed = { releases: await client.releases(), at: ports.clock.now() }
        const drafts = releasesOf(tag, github.listed.releases).filter((each) => each.draft)
        const draft = drafts.find((each) => releaseId === undefined || String(each.id) === releaseId)
        if (!draft) return []
        const assets = (await client.assets(draft.id)).filter((each) => each.state === 'uploaded')
        return assets.flatMap(({ name, digest }) => {
          return digest === null ? [] : [{ filename: name, sha256: digest.replace('sha256:', '') }]
        })
      },
      { ...ports, patience: PUBLIC_PATIENCE },
    ),
  )
}

/**
 * Returns the files of an assembled release, with the manifest that a later run needs to resume it; null if none is
 * assembled.
 */
async function assembledFiles({ files, manifest }: CreateReleaseOptions): Promise<Artifact[] | null> {
  return files.length > 0 ? null : assembledAssets(manifest)
}

async function matchingFiles(options: CreateReleaseOptions, plan: Plan): Promise<Artifact[]> {
  const { workspace, dir, files: patterns } = options
  const paths = new Set<string>()
  for (const pattern of patterns) {
    const found = await filesOf(pattern, workspace)
    // Patterns used to be relative to the project.
    const all = found.length === 0 && dir !== workspace ? await filesOf(pattern, dir) : found
    if (all.length === 0) throw new ProblemError(filesMissing(pattern))
    for (const each of all) paths.add(each)
  }
  const files = [...paths].sort()
  return Promise.all(files.map((file) => describe(file, plan)))
}

/** Returns the files that match a pattern. The manifest of a build is not part of the release. */
async function filesOf(pattern: string, cwd: string): Promise<string[]> {
  const found: string[] = []
  for await (const path of fs.glob(pattern, { cwd })) {
    const file = resolve(cwd, path)
    if (basename(file) !== MANIFEST_FILE && (await stat(file)).isFile()) found.push(file)
  }
  return found
}

/** Describes a file as the artifact that the other destinations are asked about. */
async function describe(file: string, { version, crates }: Plan): Promise<Artifact> {
  const name = basename(file)
  const crate = crates.find((each) => `${each.name}-${each.version}.crate` === name)
  if (crate && extname(name) === '.crate') return describeFile('crate', crate.name, crate.version, file)
  // A broken file, or one that is not an sdist after all, is an ordinary asset.
  const distribution = isDistribution(name) ? await describeDistribution(file).catch(() => null) : null
  return distribution ?? describeFile('asset', name, version, file)
}

function filesMissing(pattern: string): Problem {
  return error(
    'files-missing',
    `No file matches ${pattern}, so it would be missing in the release.`,
    'Build or download the files before this step, or correct the pattern; it is relative to the workspace.',
  )
}

/**
 * Reports files that GitHub stores under another name (`asset-renamed`), and those whose names collide, before the second
 * upload would conflict with the first.
 */
function assetNames(files: readonly Artifact[]): Problem[] {
  const taken = new Map([RELEASE_NOTES, SHA256SUMS].map((name) => [name, 'a file that Slipway writes']))
  return files.flatMap(({ filename, path }) => {
    const name = assetName(filename)
    const other = taken.get(name)
    taken.set(name, other ?? path)
    if (other !== undefined) {
      const message = `${path} cannot become the asset ${name}, which is already ${other}.`
      return [error('asset-name-taken', message, 'Rename one of the files, or change the patterns to match only one.')]
    }
    if (name === filename) return []
    const message = `GitHub does not keep the name ${JSON.stringify(filename)}: the asset is called ${name}.`
    return [notice('asset-renamed', message, `Link to ${name}, or rename the file.`)]
  })
}
