import { readFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import { MANIFEST_FILE } from '@slipway/artifacts/manifest'
import { type MissingWheels, missingWheels } from '@slipway/artifacts/wheel-set'
import type { Artifact } from '@slipway/core/artifact'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, type Problem, ProblemError } from '@slipway/core/problem'
import { type Endpoints, endpointsOf } from '@slipway/registries/endpoints'
import type { PyPITarget } from '@slipway/registries/pypi/publisher'
import { mayRequestIdTokens } from '@slipway/registries/trusted/id-token'
import { type PyPIAttesting, pypiAttester } from './attest/pypi.ts'
import { distributionsIn, isDistribution } from './distributions.ts'
import { assembledAssets, filesUnder } from './handover.ts'
import { type Job, type JobOptions, planOfJob, startJob, wholeRelease } from './job.ts'
import { tokensOf } from './readiness/tokens.ts'

/** Indexes that are known by name. */
export const INDEXES = ['pypi', 'testpypi'] as const

/** What is uploaded where. */
export interface PublishFilesOptions extends JobOptions {
  /** Folder of the wheels and sdists, absolute; without it the manifest's. */
  packagesDir?: string | undefined
  /** A known index. */
  repository: (typeof INDEXES)[number]
  /** Upload address of another one. */
  repositoryUrl?: string | undefined
  /** Address of that index's simple API; without it made from the upload address. */
  indexUrl?: string | undefined
  user: string
  /** What it means that a wheel of the plan is missing. */
  missingWheels: MissingWheels
  /** Whether the files are uploaded with attestations; without it, they are not. */
  attestations?: PyPIAttesting['mode']
}

/** Uploads the wheels and sdists of a folder, after all of them were inspected. There need be no project beside them. */
export function publishFiles(ports: Ports, options: PublishFilesOptions): Job {
  const { dir, tokens = {}, user, repositoryUrl, manifest } = options
  const packagesDir = options.packagesDir ?? dirname(manifest)
  const endpoints = endpointsOf(ports.env)
  const known = repositoryUrl === undefined ? null : knownIndex(repositoryUrl, endpoints)
  const channel = known ?? (repositoryUrl === undefined ? options.repository : 'pypi')
  const token = tokens[channel] || tokens.pypi || null
  const other = repositoryUrl === undefined || known ? undefined : otherIndex(repositoryUrl, options.indexUrl)
  const given = { ...tokens, [channel]: token ?? undefined }
  const hasToken = tokensOf(ports.env, given, options.mask)[channel] !== null
  const { trustedPublishing = 'auto' } = options
  const isAsked = trustedPublishing === 'always' || (trustedPublishing === 'auto' && !hasToken)
  const isTrusted = !other && isAsked && mayRequestIdTokens(ports.env)
  const attester = pypiAttester(ports, { mode: options.attestations ?? 'never', isTrusted, mask: options.mask })
  return startJob(
    ports,
    { ...options, tokens: given },
    {
      steps: ['plan', 'inspect', 'assemble', 'preflight', channel],
      own: [channel],
      elsewhere: other && {
        index: { ...other, username: user, token: options.trustedPublishing === 'always' ? null : token },
      },
      attester,
      site: {
        async plan(run) {
          // What is wrong with the project does not concern its built files.
          run.plan = await planOfJob(ports, options)
        },
        async inspect(run) {
          run.artifacts =
            (await assembledDistributions(manifest, packagesDir)) ?? (await looseDistributions(packagesDir))
          if (run.artifacts.length === 0) throw new ProblemError(noDistributions(packagesDir))
          const names = run.artifacts.map((each) => each.filename)
          const missing = missingWheels(run.plan, names, options.missingWheels)
          failOnErrors([...(await inspectArtifacts(run.artifacts, null)), ...missing], ports.log)
        },
        async assemble(run) {
          if (other || run.plan.version === '') return
          const all = await wholeRelease(ports, run.plan, { dir, manifest }, run.artifacts)
          const isOwn = (path: string) => run.artifacts.some((each) => each.path === path)
          // Only the folder's own distributions are uploaded.
          run.artifacts = all.filter(({ kind, path }) => isOwn(path) || (kind !== 'wheel' && kind !== 'sdist'))
        },
      },
    },
  )
}

/** The distributions of an assembled release in their order, where its folder is the one to upload; null for none. */
async function assembledDistributions(manifest: string, packagesDir: string): Promise<Artifact[] | null> {
  const all = packagesDir === dirname(manifest) ? await assembledAssets(manifest) : null
  return all && ['wheel', 'sdist'].flatMap((kind) => all.filter((each) => each.kind === kind))
}

/**
 * The distributions in a folder that no manifest lists.
 * @throws ProblemError `distributions-deeper` where others lie in folders within: they were meant too
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
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '')
  return error(
    'distributions-deeper',
    `Folders within ${basename(folder)} hold ${shown}. Only what lies in ${basename(folder)} itself is uploaded, so the release would lack them.`,
    'With actions/download-artifact, say `merge-multiple: true`; else name the folder that holds all files in packages-dir.',
  )
}

function noDistributions(folder: string) {
  return error(
    'no-distributions',
    `There is no wheel and no sdist in ${basename(folder)}, so there is nothing to upload.`,
    'Download the built artifacts into packages-dir before this step; a build in a cargo workspace leaves them in the target folder of the workspace.',
  )
}

/** The channel of a known index, by its upload address. */
function knownIndex(upload: string, endpoints: Endpoints): (typeof INDEXES)[number] | null {
  return INDEXES.find((each) => endpoints[each].upload === upload) ?? null
}

/**
 * Another index than the known ones, by the layout that PyPI gave the field.
 * @throws ProblemError `repository-url-invalid`
 */
export function otherIndex(
  repositoryUrl: string,
  indexUrl: string | undefined,
): Pick<PyPITarget, 'name' | 'isPyPI' | 'upload' | 'simple' | 'web'> {
  if (!URL.canParse(repositoryUrl)) {
    throw new ProblemError(
      error('repository-url-invalid', `${repositoryUrl} is no address.`, 'Give the upload address of the index.'),
    )
  }
  const upload = new URL(repositoryUrl)
  const simple = indexUrl ?? new URL(upload.pathname.endsWith('/legacy/') ? '../simple/' : './+simple/', upload).href
  return { name: upload.host, isPyPI: false, upload: upload.href, simple, web: null }
}
