import { dirname } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { CHANNELS } from '@slipway/registries/remotes'
import { mayRequestIdTokens } from '@slipway/registries/trusted/id-token'
import { releaseAssets } from './assets.ts'
import { type PyPIAttesting, pypiAttester } from './attest/pypi.ts'
import { assembledAssets } from './handover.ts'
import { type Job, type JobOptions, releaseNumber, scratchFolder, startJob, wholeRelease } from './job.ts'
import type { PipelineStep, Run } from './pipeline/run.ts'
import { tokensOf } from './readiness/tokens.ts'

/** A look at every destination. */
export interface WholeReleaseOptions extends Omit<JobOptions, 'testPypi'> {
  /** Whether the release goes to Test PyPI first; `auto`, and without it: where its token is there. */
  trial?: 'auto' | 'required' | 'advisory' | 'off'
  /** Number of the release on GitHub, in decimal; without it, the one of the tag. */
  releaseId?: string | undefined
  /** Whether the step that drafts the release replaces files of the draft that differ. */
  replaceDraftAssets?: boolean
  /** How publish-pypi attests; without it, signing is not asked for. */
  attestations?: PyPIAttesting['mode']
  pipeline?: readonly PipelineStep[]
}

/** A look, and whether the release goes to Test PyPI first. */
export interface Look extends Job {
  hasTrial: boolean
}

/**
 * Asks every destination of the release whether it can take what is built, with the login that it will be published by;
 * a trial destination only where it is needed. Writes nothing.
 */
export function preflightRelease(ports: Ports, options: WholeReleaseOptions): Look {
  return look(ports, options, 'preflight')
}

/** Asks every destination what it holds of the release, whether or not there is a login. Writes nothing. */
export function reportRelease(ports: Ports, options: WholeReleaseOptions): Look {
  return look(ports, options, 'report')
}

function look(ports: Ports, options: WholeReleaseOptions, step: 'preflight' | 'report'): Look {
  const { trial = 'auto', pipeline, releaseId, replaceDraftAssets, attestations = 'never', mask } = options
  const tokens = tokensOf(ports.env, options.tokens ?? {}, options.mask)
  const hasToken = CHANNELS.some((each) => each.isTrial && tokens[each.name])
  const hasTrial = trial === 'required' || (trial !== 'off' && hasToken)
  // Where a failure there stops nothing, neither does what it holds.
  const isLooked = hasTrial && (trial !== 'advisory' || step === 'report')
  const own = CHANNELS.filter((each) => !each.isTrial || isLooked).map((each) => each.name)
  const site = { assemble: (run: Run) => assemble(ports, run, options) }
  const github = { id: releaseNumber(releaseId), replaceDraftAssets }
  const attester = pypiAttester(ports, { mode: attestations, isTrusted: mayRequestIdTokens(ports.env), mask })
  const job = startJob(
    ports,
    { ...options, testPypi: isLooked },
    { steps: ['plan', 'assemble', step], own, pipeline, site, github, attester },
  )
  return { ...job, hasTrial }
}

async function assemble(ports: Ports, run: Run, options: WholeReleaseOptions): Promise<void> {
  run.artifacts = await wholeRelease(ports, run.plan, options, [])
  // What was packaged only to know its hash is in no folder of built files, and so on no release page.
  const folder = dirname(options.manifest)
  const files = run.artifacts.filter(({ kind, path }) => kind !== 'image' && dirname(path) === folder)
  // A project that is an image alone has a release on GitHub too.
  run.assets =
    (await assembledAssets(options.manifest)) ??
    (files.length > 0 ? files : await releaseAssets(run.plan, [], await scratchFolder(ports, 'assets')))
}
