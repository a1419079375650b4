import { readFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import { MANIFEST_FILE } from '@slipway/artifacts/manifest'
import { type MissingWheels, missingWheels } from '@slipway/artifacts/wheel-set'
import type { Artifact } from '@slipway/core/artifact'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, type Problem, ProblemError } from '@slipway/core/problem'
import { type Endpoints, endpointsOf } from '@slipway/registries/endpoints'
import { queriedEarly } from '@slipway/registries/pypi/early'
import type { PyPITarget } from '@slipway/registries/pypi/publisher'
import { type PyPIAttesting, pypiAttester } from '../attest/pypi.ts'
import { distributionsIn, isDistribution } from '../build/distributions.ts'
import { planHere } from '../build/rehearsed.ts'
import { assembledAssets, filesUnder } from '../handover/handover.ts'
import { wholeRelease } from '../job/artifacts.ts'
import { INDEXES } from '../job/choices.ts'
import { namesIn, noDistributions } from '../job/first-checks.ts'
import type { JobOptions } from '../job/options.ts'
import { planOfJob } from '../job/plan.ts'
import { type Job, startJob } from '../job/start.ts'
import { tokensOf } from '../job/tokens.ts'
import { usesIdentity } from '../job/trusted-login.ts'
import { MAX_FILES_NAMED } from '../limits.ts'

/** Options of uploading distributions. */
export interface PublishFilesOptions extends JobOptions {
  /** Folder of the wheels and sdists, absolute; default: the manifest's. */
  packagesDir?: string | undefined
  /** The index to upload to. */
  repository: (typeof INDEXES)[number]
  /** Upload address of another index. */
  repositoryUrl?: string | undefined
  /** Address of that index's simple API; default: derived from the upload address. */
  indexUrl?: string | undefined
  user: string
  /** How to treat a missing wheel of the plan. */
  missingWheels: MissingWheels
  /** Whether to upload attestations; default: `never`. */
  attestations?: PyPIAttesting['mode']
}

/** Inspects all wheels and sdists of a folder, then uploads them. Works without a project. */
export function publishFiles(ports: Ports, options: PublishFilesOptions): Job {
  const { dir, tokens = {}, user, repositoryUrl, manifest } = options
  const packagesDir = options.packagesDir ?? dirname(manifest)
  const endpoints = endpointsOf(ports.env)
  const known = repositoryUrl === undefined ? null : knownIndex(repositoryUrl, endpoints)
  const channel = known ?? (repositoryUrl === undefined ? options.repository : 'pypi')
  const token = tokens[channel] || tokens.pypi || null
  const other = repositoryUrl === undefined || known ? undefined : otherIndex(repositoryUrl, options.indexUrl)
  const channelTokens = { ...tokens, [channel]: token ?? undefined }
  const ownToken = tokensOf(ports.env, channelTokens, options.mask)[channel] ?? null
  const isTrusted = !other && usesIdentity(ports.env, options, ownToken)
  const attester = pypiAttester(ports, { mode: options.attestations ?? 'never', isTrusted, mask: options.mask })
  const { simple } = other ?? endpoints[channel]
  const canLogIn = ownToken !== null || isTrusted
  const over = new AbortController()
  const http = canLogIn ? queriedEarly(ports, simple, namesIn(packagesDir), over.signal) : ports.http
  const { run, go } = startJob(
    { ...ports, http },
    { ...options, tokens: channelTokens },
    {
      steps: ['plan', 'inspect', 'assemble', 'preflight', channel],
      own: [channel],
      elsewhere: other && {
        index: { ...other, username: user, token: options.trustedPublishing === 'always' ? null : token },
      },
      attester,
      site: {
        async plan(run) {
          // Problems of the project do not matter for its built files.
          run.plan = await planOfJob(ports, options)
        },
        async inspect(run) {
          const assembled = await assembledDistributions(manifest, packagesDir)
          run.artifacts = assembled ?? (await looseDistributions(packagesDir))
          if (run.artifacts.length === 0) throw new ProblemError(noDistributions(packagesDir))
          // The job that assembled the release compared it with the plan.
          if (assembled === null) {
            const names = run.artifacts.map((each) => each.filename)
            failOnErrors(missingWheels(await planHere(ports, dir, run.plan), names, options.missingWheels), ports.log)
          }
          run.checking = inspectAll(ports, run.artifacts)
          // The preflight reports its failure; until then it is not unhandled.
          run.checking.catch(() => {})
        },
        async assemble(run) {
          if (other || run.plan.version === '') return
          const all = await wholeRelease(ports, run.plan, { dir, manifest }, run.artifacts)
          const isOwn = (path: string) => run.artifacts.some((each) => each.path === path)
          // Upload only the folder's own distributions.
          run.artifacts = all.filter(({ kind, path }) => isOwn(path) || (kind !== 'wheel' && kind !== 'sdist'))
        },
      },
    },
  )
  return { run, go: () => go().finally(() => over.abort()) }
}

/** @throws ProblemError with the faults of the artifacts */
async function inspectAll({ log }: Ports, artifacts: readonly Artifact[]): Promise<void> {
  failOnErrors(await inspectArtifacts(artifacts, null), log)
}

/** Returns the distributions of an assembled release, in order, if its folder is the one to upload; else null. */
async function assembledDistributions(manifest: string, packagesDir: string): Promise<Artifact[] | null> {
  const all = packagesDir === dirname(manifest) ? await assembledAssets(manifest) : null
  return all && ['wheel', 'sdist'].flatMap((kind) => all.filter((each) => each.kind === kind))
}

/**
 * Returns the distributions in a folder without an assembled release.
 * @throws ProblemError `distributions-deeper` when subfolders have distributions too, which were probably meant as well
 */
async function looseDistributions(folder: string): Promise<Artifact[]> {
  const found = await distributionsIn(folder)
  const isListed = (await readFile(join(folder, MANIFEST_FILE)).catch(() => null)) !== null
  const deeper = isListed
    ? []
    : (await filesUnder(folder)).filter((each) => dirname(each) !== folder && isDistribution(each))
  if (deeper.length > 0) throw new ProblemError(distributionsDeeper(folder, deeper))
  return found
}

function distributionsDeeper(folder: string, files: readonly string[]): Problem {
  const names = files.map((each) => relative(folder, each)).sort()
  const first =
    names.slice(0, MAX_FILES_NAMED).join(', ') +
    (names.length > MAX_FILES_NAMED ? ` and ${names.length - MAX_FILES_NAMED} more` : '')
  return error(
    'distributions-deeper',
    `Subfolders of ${basename(folder)} contain ${first}. Slipway uploads only files directly in ${basename(folder)}, so these would be missing.`,
    'Set `merge-multiple: true` on actions/download-artifact, or point `packages-dir` at the folder with all files.',
  )
}

/** Returns the channel of a known index by its upload address, or null. */
function knownIndex(upload: string, endpoints: Endpoints): (typeof INDEXES)[number] | null {
  return INDEXES.find((each) => endpoints[each].upload === upload) ?? null
}

/**
 * Returns an index other than PyPI and Test PyPI, with addresses in PyPI's layout.
 * @throws ProblemError `repository-url-invalid`
 */
export function otherIndex(
  repositoryUrl: string,
  indexUrl: string | undefined,
): Pick<PyPITarget, 'name' | 'isPyPI' | 'upload' | 'simple' | 'web'> {
  if (!URL.canParse(repositoryUrl)) {
    throw new ProblemError(
      error('repository-url-invalid', `${repositoryUrl} is not a URL.`, 'Pass the upload address of the index.'),
    )
  }
  const upload = new URL(repositoryUrl)
  const simple = indexUrl ?? new URL(upload.pathname.endsWith('/legacy/') ? '../simple/' : './+simple/', upload).href
  return { name: upload.host, isPyPI: false, upload: upload.href, simple, web: null }
}
