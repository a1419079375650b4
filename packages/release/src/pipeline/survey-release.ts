import { dirname } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { CHANNELS } from '@slipway/registries/remotes'
import { mayRequestIdTokens } from '@slipway/registries/trusted/id-token'
import { type PyPIAttesting, pypiAttester } from '../attest/pypi.ts'
import { assembledAssets } from '../handover/handover.ts'
import { wholeRelease } from '../job/artifacts.ts'
import { parseReleaseId } from '../job/github.ts'
import type { JobOptions } from '../job/options.ts'
import { scratchFolder } from '../job/scratch.ts'
import { type Job, startJob } from '../job/start.ts'
import { tokensOf } from '../job/tokens.ts'
import { releaseAssets } from '../publish/assets.ts'
import type { PipelineStep, Run } from './run.ts'

/** Options of querying every destination. */
export interface WholeReleaseOptions extends Omit<JobOptions, 'testPypi'> {
  /** Whether the release includes a trial on Test PyPI; `auto` (the default): if there is a token for it. */
  trial?: 'auto' | 'required' | 'advisory' | 'off'
  /** Id of the release on GitHub, in decimal; default: the release of the tag. */
  releaseId?: string | undefined
  /** Whether create-release replaces assets of the draft that differ. */
  replaceDraftAssets?: boolean
  /** The `attestations` input of publish-pypi; default: do not check the signing services. */
  attestations?: PyPIAttesting['mode']
  pipeline?: readonly PipelineStep[]
}

/** A job that queries every destination, and whether the release includes a trial on Test PyPI. */
export interface SurveyJob extends Job {
  hasTrial: boolean
}

/**
 * Checks with every destination that it can accept the artifacts, with the login that will publish them. Skips a trial
 * index that the release does not use. Writes nothing.
 */
export function preflightRelease(ports: Ports, options: WholeReleaseOptions): SurveyJob {
  return surveyRelease(ports, options, 'preflight')
}

/** Queries every destination for the release, with or without a login. Writes nothing. */
export function reportRelease(ports: Ports, options: WholeReleaseOptions): SurveyJob {
  return surveyRelease(ports, options, 'report')
}

function surveyRelease(ports: Ports, options: WholeReleaseOptions, step: 'preflight' | 'report'): SurveyJob {
  const { trial = 'auto', pipeline, releaseId, replaceDraftAssets, attestations = 'never', mask } = options
  const tokens = tokensOf(ports.env, options.tokens ?? {}, options.mask)
  const hasToken = CHANNELS.some((each) => each.isTrial && tokens[each.name])
  const hasTrial = trial === 'required' || (trial !== 'off' && hasToken)
  // If a failed trial does not stop the release, neither does a conflict on the trial index.
  const isTrialQueried = hasTrial && (trial !== 'advisory' || step === 'report')
  const own = CHANNELS.filter((each) => !each.isTrial || isTrialQueried).map((each) => each.name)
  const site = { assemble: (run: Run) => assemble(ports, run, options) }
  const github = { id: parseReleaseId(releaseId), replaceDraftAssets }
  const attester = pypiAttester(ports, { mode: attestations, isTrusted: mayRequestIdTokens(ports.env), mask })
  const job = startJob(
    ports,
    { ...options, testPypi: isTrialQueried },
    { steps: ['plan', 'assemble', step], own, pipeline, site, github, attester },
  )
  return { ...job, hasTrial }
}

async function assemble(ports: Ports, run: Run, options: WholeReleaseOptions): Promise<void> {
  run.artifacts = await wholeRelease(ports, run.plan, options, [])
  // Crates packaged only for their hashes are outside the folder of built files, and not assets.
  const folder = dirname(options.manifest)
  const files = run.artifacts.filter(({ kind, path }) => kind !== 'image' && dirname(path) === folder)
  // A project with only an image has a release on GitHub too.
  run.assets =
    (await assembledAssets(options.manifest)) ??
    (files.length > 0 ? files : await releaseAssets(run.plan, [], await scratchFolder(ports, 'assets')))
}
