import { dirname } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { CHANNELS } from '@slipway/registries/remotes'
import { releaseAssets } from './assets.ts'
import { assembledAssets } from './handover.ts'
import { type Job, type JobOptions, scratchFolder, startJob, wholeRelease } from './job.ts'
import type { PipelineStep, Run } from './pipeline/run.ts'
import { tokensOf } from './readiness/tokens.ts'

/** A look at every destination. */
export interface WholeReleaseOptions extends JobOptions {
  pipeline?: readonly PipelineStep[]
}

/**
 * Asks every destination of the release whether it can take what is built, with the login that it will be published by;
 * a trial destination only where its login is there. Writes nothing.
 */
export function preflightRelease(ports: Ports, options: WholeReleaseOptions): Job {
  return look(ports, options, 'preflight')
}

/** Asks every destination what it holds of the release, whether or not there is a login. Writes nothing. */
export function reportRelease(ports: Ports, options: WholeReleaseOptions): Job {
  return look(ports, options, 'report')
}

function look(ports: Ports, options: WholeReleaseOptions, step: 'preflight' | 'report'): Job {
  const tokens = tokensOf(ports.env, options.tokens ?? {}, options.mask)
  const own = CHANNELS.filter((each) => !each.isTrial || options.testPypi || tokens[each.name])
  return startJob(
    ports,
    { ...options, testPypi: own.some((each) => each.isTrial) },
    {
      steps: ['plan', 'assemble', step],
      own: own.map((each) => each.name),
      pipeline: options.pipeline,
      site: { assemble: (run) => assemble(ports, run, options) },
    },
  )
}

async function assemble(ports: Ports, run: Run, options: JobOptions): Promise<void> {
  run.artifacts = await wholeRelease(ports, run.plan, options, [])
  // What was packaged only to know its hash is in no folder of built files, and so on no release page.
  const folder = dirname(options.manifest)
  const files = run.artifacts.filter(({ kind, path }) => kind !== 'image' && dirname(path) === folder)
  // A project that is an image alone has a release on GitHub too.
  run.assets =
    (await assembledAssets(options.manifest)) ??
    (files.length > 0 ? files : await releaseAssets(run.plan, [], await scratchFolder(ports, 'assets')))
}
