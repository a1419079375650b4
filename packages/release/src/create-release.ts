import fs, { mkdtemp, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import { type MissingWheels, missingWheels } from '@slipway/artifacts/wheel-set'
import type { Artifact } from '@slipway/core/artifact'
import { movePointer } from '@slipway/core/pointer'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, type Problem, ProblemError } from '@slipway/core/problem'
import type { Receipt } from '@slipway/core/publisher'
import { ENDPOINTS } from '@slipway/registries/endpoints'
import { assetName, GitHubPublisher, type GitHubTarget } from '@slipway/registries/github/publisher'
import { RELEASE_NOTES, releaseAssets, releaseNotes, SHA256SUMS } from './assets.ts'
import { dispatch, jobEffort } from './dispatch.ts'
import { planRelease } from './plan.ts'

/** The release that is made, and where. */
export interface CreateReleaseOptions {
  /** The project, absolute. */
  dir: string
  /** REST API, without trailing slash. */
  api: string
  /** `owner/name` */
  repository: string
  token?: string | undefined
  tag?: string | undefined
  /** Title; without it the tag. */
  name?: string | undefined
  /** Patterns of the files that become assets, relative to the project. */
  files: readonly string[]
  makeLatest: GitHubTarget['makeLatest']
  /** What it means that a wheel lacks among the files, where they are the project's wheels. */
  missingWheels: MissingWheels
  /** Leave the release a draft. */
  draft: boolean
}

/**
 * Makes the draft of a release, puts the files and their SHA256SUMS into it, and makes it public last of all.
 * @throws ProblemError
 */
export async function createRelease(ports: Ports, options: CreateReleaseOptions): Promise<Receipt[]> {
  const { dir, api, repository, token = null, tag, makeLatest } = options
  const plan = await planRelease(ports, dir, tag === undefined ? {} : { tag })
  failOnErrors(plan.problems)
  const files = await matching(dir, options.files, plan.version)
  const names = files.map((each) => each.filename)
  failOnErrors(missingWheels(plan, names, options.missingWheels), ports.log)
  const out = await mkdtemp(join(ports.env.RUNNER_TEMP ?? tmpdir(), 'slipway-assets-'))
  const text = {
    tag_name: plan.tag,
    name: options.name ?? plan.tag,
    body: releaseNotes(plan),
    prerelease: plan.prerelease,
    ...(plan.commit !== null && { target_commitish: plan.commit }),
  }
  const publisher = new GitHubPublisher(ports, { api, repository, token, text, makeLatest })
  const effort = jobEffort(ports)
  const receipts = await dispatch({ publisher, artifacts: await releaseAssets(plan, files, out) }, effort)
  return options.draft ? receipts : [...receipts, await movePointer(publisher.pointer(), effort)]
}

/**
 * The repository of the running workflow and its API (GitHub, default environment variables).
 * @throws ProblemError outside a workflow
 */
export function repositoryOfRun(env: Ports['env']): Pick<CreateReleaseOptions, 'api' | 'repository'> {
  const repository = env.GITHUB_REPOSITORY
  if (repository) return { api: env.GITHUB_API_URL ?? ENDPOINTS.github.api, repository }
  throw new ProblemError(
    error('no-repository', 'GITHUB_REPOSITORY is not set, so there is nowhere to release to.', 'Set it to owner/name.'),
  )
}

async function matching(dir: string, patterns: readonly string[], version: string): Promise<Artifact[]> {
  const paths = new Set<string>()
  for (const pattern of patterns) {
    const before = paths.size
    for await (const path of fs.glob(pattern, { cwd: dir })) {
      const file = resolve(dir, path)
      if ((await stat(file)).isFile()) paths.add(file)
    }
    if (paths.size > before) continue
    throw new ProblemError(
      error(
        'files-missing',
        `No file matches ${pattern}, so the release would lack it.`,
        'Build or download the files before this step, or correct the pattern; it is relative to the project.',
      ),
    )
  }
  const files = [...paths].sort()
  failOnErrors(takenNames(files))
  return Promise.all(files.map((file) => describeFile('asset', basename(file), version, file)))
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
