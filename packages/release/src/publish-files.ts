import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import { readSdist } from '@slipway/artifacts/sdist'
import { readWheel } from '@slipway/artifacts/wheel'
import { type MissingWheels, missingWheels } from '@slipway/artifacts/wheel-set'
import type { Artifact } from '@slipway/core/artifact'
import type { Ports } from '@slipway/core/ports'
import { error, failOnErrors, type Problem, ProblemError } from '@slipway/core/problem'
import type { Receipt } from '@slipway/core/publisher'
import { ENDPOINTS } from '@slipway/registries/endpoints'
import { PyPIPublisher, type PyPITarget } from '@slipway/registries/pypi/publisher'
import { dispatch, jobEffort } from './dispatch.ts'

/** What is uploaded where. */
export interface PublishFilesOptions {
  /** Folder of the wheels and sdists, absolute. */
  packagesDir: string
  /** Upload address of the index; without it PyPI's. */
  repositoryUrl?: string | undefined
  /** Address of the index's simple API; without it made from the upload address. */
  indexUrl?: string | undefined
  user: string
  password?: string | undefined
  /** The project, absolute, whose plan tells which wheels there must be; there need be none. */
  dir: string
  /** What it means that one lacks. */
  missingWheels: MissingWheels
}

/**
 * Uploads the wheels and sdists of a folder, after all of them were inspected and the index was asked what it holds.
 * @throws ProblemError
 */
export async function publishFiles(ports: Ports, options: PublishFilesOptions): Promise<Receipt[]> {
  const { packagesDir, user, password } = options
  const artifacts = await distributionsIn(packagesDir)
  const names = artifacts.map((each) => each.filename)
  failOnErrors([...(await inspectArtifacts(artifacts, null)), ...(await lacking(ports, names, options))], ports.log)
  const publisher = new PyPIPublisher(ports, { ...packageIndex(options), username: user, token: password ?? null })
  return dispatch({ publisher, artifacts }, jobEffort(ports))
}

/** What the project's plan misses among files, where there is a project. */
async function lacking({ env }: Ports, filenames: readonly string[], options: PublishFilesOptions): Promise<Problem[]> {
  if (options.missingWheels === 'ignore') return []
  const [{ planProject }, { tagOfRun }] = await Promise.all([import('@slipway/project/plan'), import('./plan.ts')])
  const tag = tagOfRun(env)
  const plan = await planProject(options.dir, tag === undefined ? {} : { tag })
  return missingWheels(plan, filenames, options.missingWheels)
}

/** The index of an upload address: a public one by its address, any other by the layout that PyPI gave the field. */
export function packageIndex({
  repositoryUrl = ENDPOINTS.pypi.upload,
  indexUrl,
}: Pick<PublishFilesOptions, 'repositoryUrl' | 'indexUrl'>): Pick<
  PyPITarget,
  'name' | 'isPyPI' | 'upload' | 'simple' | 'web'
> {
  const known = { PyPI: ENDPOINTS.pypi, 'Test PyPI': ENDPOINTS.testpypi }
  for (const [name, each] of Object.entries(known))
    if (each.upload === repositoryUrl) return { name, isPyPI: true, ...each }
  if (!URL.canParse(repositoryUrl)) {
    throw new ProblemError(
      error('repository-url-invalid', `${repositoryUrl} is no address.`, 'Give the upload address of the index.'),
    )
  }
  const upload = new URL(repositoryUrl)
  const simple = indexUrl ?? new URL(upload.pathname.endsWith('/legacy/') ? '../simple/' : './+simple/', upload).href
  return { name: upload.host, isPyPI: false, upload: upload.href, simple, web: null }
}

async function distributionsIn(folder: string): Promise<Artifact[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause
    return []
  })
  const files = names.filter((each) => /\.(whl|tar\.gz)$/.test(each)).sort()
  if (files.length === 0) {
    throw new ProblemError(
      error(
        'no-distributions',
        `There is no wheel and no sdist in ${basename(folder)}, so there is nothing to upload.`,
        'Download the built artifacts into packages-dir before this step; a build in a cargo workspace leaves them in the target folder of the workspace.',
      ),
    )
  }
  // Wheels first: the first file fixes the release's metadata, and an sdist alone makes pip build from source.
  const ordered = [...files.filter((each) => each.endsWith('.whl')), ...files.filter((each) => !each.endsWith('.whl'))]
  return Promise.all(ordered.map((each) => describe(join(folder, each))))
}

async function describe(path: string): Promise<Artifact> {
  const kind = path.endsWith('.whl') ? 'wheel' : 'sdist'
  const { metadata } = kind === 'wheel' ? await readWheel(path) : await readSdist(path)
  return describeFile(kind, metadata.get('Name') ?? '', metadata.get('Version') ?? '', path)
}
