import fs, { stat } from 'node:fs/promises'
import { basename, extname, resolve } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import { MANIFEST_FILE } from '@slipway/artifacts/manifest'
import { type MissingWheels, missingWheels } from '@slipway/artifacts/wheel-set'
import type { Artifact } from '@slipway/core/artifact'
import { ask, guarded, PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, type Problem, ProblemError } from '@slipway/core/problem'
import type { GitHubOptions } from '@slipway/registries/destination'
import { endpointsOf } from '@slipway/registries/endpoints'
import { GitHubClient, releasesOf } from '@slipway/registries/github/client'
import { assetName, GitHubPublisher } from '@slipway/registries/github/publisher'
import { RELEASE_NOTES, SHA256SUMS } from '@slipway/registries/github/remote'
import { type HeldAsset, releaseAssets } from './assets.ts'
import { describeDistribution, isDistribution } from './distributions.ts'
import { assembledAssets } from './handover.ts'
import {
  type Job,
  type JobOptions,
  releaseNumber,
  requireRepository,
  scratchFolder,
  startJob,
  wholeRelease,
} from './job.ts'
import type { Run } from './pipeline/run.ts'
import { tokensOf } from './readiness/tokens.ts'

/** The release that is made. */
export interface CreateReleaseOptions extends JobOptions {
  /** The workspace, absolute: what patterns are relative to. */
  workspace: string
  /** Number of the release that an earlier job made, in decimal; without it, the one of the tag. */
  releaseId?: string | undefined
  /** Title; without it the tag. */
  name?: string | undefined
  /** Patterns of the files that become assets, relative to the workspace. */
  files: readonly string[]
  makeLatest: NonNullable<GitHubOptions['makeLatest']>
  /** What it means that a wheel is missing among the files, where they are the project's wheels. */
  missingWheels: MissingWheels
  /** Leave the release a draft. */
  draft: boolean
  replaceDraftAssets: boolean
}

/** A job that makes a release, and the release's number once it is there. */
export interface CreateReleaseJob extends Job {
  releaseId(): Promise<number | null>
}

/**
 * Makes the draft of a release, puts the files and their SHA256SUMS into it, and makes it public last of all.
 * @throws ProblemError `no-repository`
 */
export function createRelease(ports: Ports, options: CreateReleaseOptions): CreateReleaseJob {
  const { draft, makeLatest, replaceDraftAssets, name: title, releaseId } = options
  const id = releaseNumber(releaseId)
  requireRepository(ports.env)
  const job = startJob(ports, options, {
    steps: ['plan', 'assemble', 'preflight', 'draft', ...(draft ? [] : ['public'])],
    own: ['github'],
    github: { id, title, makeLatest, replaceDraftAssets },
    site: { assemble: (run) => assemble(ports, run, options) },
  })
  const releaseIdOf = async () => {
    const [publisher] = (await job.run.destinations()).flatMap(({ publisher: each }) => {
      return each instanceof GitHubPublisher ? [each] : []
    })
    return publisher?.releaseId ?? null
  }
  return { ...job, releaseId: releaseIdOf }
}

async function assemble(ports: Ports, run: Run, options: CreateReleaseOptions): Promise<void> {
  const { plan } = run
  const files = (await handedOver(options)) ?? (await matching(options, plan))
  const names = files.map((each) => each.filename)
  failOnErrors(missingWheels(plan, names, options.missingWheels), ports.log)
  const held = await heldByDraft(ports, plan, options)
  run.assets = await releaseAssets(plan, files, await scratchFolder(ports, 'assets'), held)
  run.artifacts = await wholeRelease(ports, plan, options, files)
}

/** What the draft of the release holds already, another job's files perhaps, as far as GitHub tells their digests. */
async function heldByDraft(ports: Ports, { tag }: Plan, options: CreateReleaseOptions): Promise<HeldAsset[]> {
  const { releaseId } = options
  const token = tokensOf(ports.env, options.tokens ?? {}, options.mask).github ?? null
  if (token === null) return []
  const { api } = endpointsOf(ports.env).github
  const client = new GitHubClient(ports, { api, repository: ports.env.GITHUB_REPOSITORY ?? '', token })
  const remote = { name: 'github', target: `GitHub release ${tag}` }
  return guarded(remote, 'ask for its draft', () =>
    ask(
      async () => {
        const drafts = releasesOf(tag, await client.releases()).filter((each) => each.draft)
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

/** The files of an assembled release, its manifest among them: a later run that resumes the release needs it. Null for none. */
async function handedOver({ files, manifest }: CreateReleaseOptions): Promise<Artifact[] | null> {
  return files.length > 0 ? null : assembledAssets(manifest)
}

async function matching({ workspace, dir, files: patterns }: CreateReleaseOptions, plan: Plan): Promise<Artifact[]> {
  const paths = new Set<string>()
  for (const pattern of patterns) {
    const found = await filesOf(pattern, workspace)
    // Patterns used to be relative to the project.
    const all = found.length === 0 && dir !== workspace ? await filesOf(pattern, dir) : found
    if (all.length === 0) throw new ProblemError(filesMissing(pattern))
    for (const each of all) paths.add(each)
  }
  const files = [...paths].sort()
  failOnErrors(takenNames(files))
  return Promise.all(files.map((file) => describe(file, plan)))
}

/** The files of a pattern. The manifest is a note of the build's, and no part of the release. */
async function filesOf(pattern: string, cwd: string): Promise<string[]> {
  const found: string[] = []
  for await (const path of fs.glob(pattern, { cwd })) {
    const file = resolve(cwd, path)
    if (basename(file) !== MANIFEST_FILE && (await stat(file)).isFile()) found.push(file)
  }
  return found
}

/** What a file is, as the other destinations are asked about it. */
async function describe(file: string, { version, crates }: Plan): Promise<Artifact> {
  const name = basename(file)
  const crate = crates.find((each) => `${each.name}-${each.version}.crate` === name)
  if (crate && extname(name) === '.crate') return describeFile('crate', crate.name, crate.version, file)
  // One that is broken, or no sdist at all, is an asset like any other.
  const distribution = isDistribution(name) ? await describeDistribution(file).catch(() => null) : null
  return distribution ?? describeFile('asset', name, version, file)
}

function filesMissing(pattern: string): Problem {
  return error(
    'files-missing',
    `No file matches ${pattern}, so the release would lack it.`,
    'Build or download the files before this step, or correct the pattern; it is relative to the workspace.',
  )
}

/** A release holds one asset of a name: a second file would meet the first as a conflict, when that is up already. */
function takenNames(files: readonly string[]): Problem[] {
  const taken = new Map([RELEASE_NOTES, SHA256SUMS].map((name) => [name, 'what Slipway writes itself']))
  return files.flatMap((file) => {
    const name = assetName(basename(file))
    const other = taken.get(name)
    taken.set(name, other ?? file)
    if (other === undefined) return []
    const message = `${file} would be the asset ${name}, which is ${other} already.`
    return [error('asset-name-taken', message, 'Rename one of them, or let the patterns match one only.')]
  })
}
